// Films of the 1940s, in the notation of rows.ts.
export const films1940s = `
The Great Dictator|1940|Comedy, Drama, War|Charlie Chaplin|US|大独裁者|5
Rebecca|1940|Mystery, Drama, Romance|Alfred Hitchcock|US|蝴蝶梦|5
The Grapes of Wrath|1940|Drama|John Ford|US|愤怒的葡萄|4
His Girl Friday|1940|Comedy, Romance|Howard Hawks|US|女友礼拜五|4
The Philadelphia Story|1940|Comedy, Romance|George Cukor|US|费城故事|4
The Shop Around the Corner|1940|Comedy, Romance, Drama|Ernst Lubitsch|US|街角的商店|3
Pinocchio|1940|Animation, Family, Fantasy|Ben Sharpsteen, Hamilton Luske|US|木偶奇遇记|4
Fantasia|1940|Animation, Musical, Family||US|幻想曲|4
Waterloo Bridge|1940|Drama, Romance, War|Mervyn LeRoy|US|魂断蓝桥|5
The Thief of Bagdad|1940|Adventure, Fantasy, Family|Ludwig Berger, Michael Powell, Tim Whelan|GB|巴格达窃贼|2
Foreign Correspondent|1940|Thriller, Mystery, Romance|Alfred Hitchcock|US|海外特派员|2
Pride and Prejudice|1940|Drama, Romance, Comedy|Robert Z. Leonard|US|傲慢与偏见|3
Citizen Kane|1941|Drama, Mystery|Orson Welles|US|公民凯恩|5
The Maltese Falcon|1941|Film Noir, Mystery, Crime|John Huston|US|马耳他之鹰|4
How Green Was My Valley|1941|Drama, Family|John Ford|US|青山翠谷|3
Sullivan's Travels|1941|Comedy, Drama|Preston Sturges|US|苏利文的旅行|3
The Lady Eve|1941|Comedy, Romance|Preston Sturges|US|淑女伊芙|3
Dumbo|1941|Animation, Family|Ben Sharpsteen|US|小飞象|4
Suspicion|1941|Film Noir, Mystery, Thriller|Alfred Hitchcock|US|深闺疑云|3
The Little Foxes|1941|Drama, Romance|William Wyler|US|小狐狸|2
High Sierra|1941|Crime, Film Noir, Adventure|Raoul Walsh|US|夜困摩天岭|2
Sergeant York|1941|Biography, War, Drama|Howard Hawks|US|约克军曹|2
Princess Iron Fan|1941|Animation, Fantasy, Family|Wan Laiming, Wan Guchan|CN|铁扇公主|2
Casablanca|1942|Drama, Romance, War|Michael Curtiz|US|卡萨布兰卡|5
To Be or Not to Be|1942|Comedy, War|Ernst Lubitsch|US|你逃我也逃|4
The Magnificent Ambersons|1942|Drama, Romance|Orson Welles|US|安倍逊大族|3
Cat People|1942|Horror, Fantasy, Thriller|Jacques Tourneur|US|豹族|3
Bambi|1942|Animation, Family, Drama|David Hand|US|小鹿斑比|4
Random Harvest|1942|Drama, Romance|Mervyn LeRoy|US|鸳梦重温|3
The Palm Beach Story|1942|Comedy, Romance|Preston Sturges|US|棕榈滩的故事|2
Mrs. Miniver|1942|Drama, Romance, War|William Wyler|US|忠勇之家|2
Now, Voyager|1942|Drama, Romance|Irving Rapper|US|扬帆|2
Yankee Doodle Dandy|1942|Biography, Musical, Drama|Michael Curtiz|US|胜利之歌|2
There Was a Father|1942|Drama|Yasujiro Ozu|JP|父亲在世时|2
Shadow of a Doubt|1943|Thriller, Crime, Film Noir|Alfred Hitchcock|US|辣手摧花|3
The Life and Death of Colonel Blimp|1943|Drama, Romance, War|Michael Powell, Emeric Pressburger|GB|百战将军|3
The Ox-Bow Incident|1943|Western, Drama|William A. Wellman|US|黄牛惨案|3
Day of Wrath|1943|Drama, History|Carl Theodor Dreyer|DK|复仇之日|3
Ossessione|1943|Crime, Drama, Romance|Luchino Visconti|IT|沉沦|2
I Walked with a Zombie|1943|Horror, Drama|Jacques Tourneur|US|与僵尸同行|2
Heaven Can Wait|1943|Comedy, Fantasy, Romance|Ernst Lubitsch|US|天堂可以等待|2
Sanshiro Sugata|1943|Action, Drama, Sport|Akira Kurosawa|JP|姿三四郎|2
Le Corbeau|1943|Crime, Mystery, Thriller|Henri-Georges Clouzot|FR|乌鸦|2
Double Indemnity|1944|Film Noir, Crime, Thriller|Billy Wilder|US|双重赔偿|5
Laura|1944|Film Noir, Mystery, Drama|Otto Preminger|US|绝代佳人|3
Gaslight|1944|Thriller, Mystery, Drama|George Cukor|US|煤气灯下|4
Arsenic and Old Lace|1944|Comedy, Crime, Thriller|Frank Capra|US|毒药与老妇|3
Meet Me in St. Louis|1944|Musical, Comedy, Romance|Vincente Minnelli|US|相逢圣路易|3
To Have and Have Not|1944|Adventure, Romance, War|Howard Hawks|US|逃亡|2
Ivan the Terrible, Part I|1944|Biography, History, Drama|Sergei Eisenstein|SU|伊凡雷帝|3
Murder, My Sweet|1944|Film Noir, Crime, Mystery|Edward Dmytryk|US|爱人谋杀|2
The Woman in the Window|1944|Film Noir, Crime, Thriller|Fritz Lang|US|绿窗艳影|2
Lifeboat|1944|Drama, Thriller, War|Alfred Hitchcock|US|救生艇|2
Children of Paradise|1945|Drama, Romance|Marcel Carné|FR|天堂的孩子|4
Rome, Open City|1945|Drama, War|Roberto Rossellini|IT|罗马，不设防的城市|4
Brief Encounter|1945|Drama, Romance|David Lean|GB|相见恨晚|4
The Lost Weekend|1945|Drama, Film Noir|Billy Wilder|US|失去的周末|3
Mildred Pierce|1945|Drama, Film Noir, Crime|Michael Curtiz|US|欲海情魔|3
Detour|1945|Film Noir, Crime, Drama|Edgar G. Ulmer|US|绕道|2
Spellbound|1945|Mystery, Thriller, Romance|Alfred Hitchcock|US|爱德华大夫|4
Scarlet Street|1945|Film Noir, Crime, Drama|Fritz Lang|US|血红街道|3
Leave Her to Heaven|1945|Drama, Film Noir, Romance|John M. Stahl|US|爱到天堂|2
I Know Where I'm Going!|1945|Drama, Romance|Michael Powell, Emeric Pressburger|GB|我走我路|2
Dead of Night|1945|Horror, Mystery|Alberto Cavalcanti, Charles Crichton, Basil Dearden, Robert Hamer|GB|深夜|2
It's a Wonderful Life|1946|Drama, Family, Fantasy|Frank Capra|US|生活多美好|5
Notorious|1946|Thriller, Romance, Film Noir|Alfred Hitchcock|US|美人计|4
The Best Years of Our Lives|1946|Drama, Romance, War|William Wyler|US|黄金时代|4
The Big Sleep|1946|Film Noir, Crime, Mystery|Howard Hawks|US|夜长梦多|4
Beauty and the Beast|1946|Fantasy, Romance, Drama|Jean Cocteau|FR|美女与野兽|4
My Darling Clementine|1946|Western, Drama|John Ford|US|侠骨柔情|3
Gilda|1946|Film Noir, Drama, Romance|Charles Vidor|US|吉尔达|3
The Killers|1946|Film Noir, Crime, Mystery|Robert Siodmak|US|绣巾蒙面盗|2
Great Expectations|1946|Drama, Mystery, Romance|David Lean|GB|孤星血泪|3
A Matter of Life and Death|1946|Fantasy, Romance, Drama|Michael Powell, Emeric Pressburger|GB|平步青云|3
Paisan|1946|Drama, War|Roberto Rossellini|IT|战火|3
Shoeshine|1946|Drama|Vittorio De Sica|IT|擦鞋童|2
The Postman Always Rings Twice|1946|Film Noir, Crime, Drama|Tay Garnett|US|邮差总按两次铃|2
Black Narcissus|1947|Drama|Michael Powell, Emeric Pressburger|GB|黑水仙|3
Out of the Past|1947|Film Noir, Crime, Thriller|Jacques Tourneur|US|漩涡之外|4
The Lady from Shanghai|1947|Film Noir, Crime, Drama|Orson Welles|US|上海小姐|3
Monsieur Verdoux|1947|Comedy, Crime, Drama|Charlie Chaplin|US|凡尔杜先生|3
Quai des Orfèvres|1947|Crime, Drama, Mystery|Henri-Georges Clouzot|FR|犯罪河岸|2
The Ghost and Mrs. Muir|1947|Fantasy, Romance, Drama|Joseph L. Mankiewicz|US|幽灵与未亡人|2
Odd Man Out|1947|Drama, Crime, Film Noir|Carol Reed|GB|虎胆忠魂|2
Miracle on 34th Street|1947|Comedy, Family, Drama|George Seaton|US|34街的奇迹|2
The Spring River Flows East|1947|Drama, Romance, War|Cai Chusheng, Zheng Junli|CN|一江春水向东流|3
Bicycle Thieves|1948|Drama|Vittorio De Sica|IT|偷自行车的人|5
The Red Shoes|1948|Drama, Musical, Romance|Michael Powell, Emeric Pressburger|GB|红菱艳|4
The Treasure of the Sierra Madre|1948|Adventure, Drama, Western|John Huston|US|碧血金沙|4
Rope|1948|Thriller, Crime, Drama|Alfred Hitchcock|US|夺魂索|4
Letter from an Unknown Woman|1948|Drama, Romance|Max Ophüls|US|一个陌生女人的来信|3
Red River|1948|Western, Adventure, Drama|Howard Hawks|US|红河|3
Germany, Year Zero|1948|Drama|Roberto Rossellini|IT, DE|德意志零年|3
La Terra Trema|1948|Drama|Luchino Visconti|IT|大地在波动|2
Hamlet|1948|Drama|Laurence Olivier|GB|王子复仇记|4
Key Largo|1948|Film Noir, Crime, Drama|John Huston|US|盖世枭雄|2
Fort Apache|1948|Western, War, Drama|John Ford|US|要塞风云|2
Spring in a Small Town|1948|Drama, Romance|Fei Mu|CN|小城之春|4
Drunken Angel|1948|Crime, Drama, Film Noir|Akira Kurosawa|JP|泥醉天使|2
Oliver Twist|1948|Drama, Crime|David Lean|GB|雾都孤儿|3
The Third Man|1949|Film Noir, Mystery, Thriller|Carol Reed|GB|第三人|5
Late Spring|1949|Drama|Yasujiro Ozu|JP|晚春|4
White Heat|1949|Crime, Film Noir, Action|Raoul Walsh|US|白热|3
Kind Hearts and Coronets|1949|Comedy, Crime|Robert Hamer|GB|仁心与冠冕|3
Stray Dog|1949|Crime, Film Noir, Mystery|Akira Kurosawa|JP|野良犬|3
Adam's Rib|1949|Comedy, Romance|George Cukor|US|亚当的肋骨|3
All the King's Men|1949|Drama, Film Noir|Robert Rossen|US|国王班底|2
The Heiress|1949|Drama, Romance|William Wyler|US|千金小姐|3
Whisky Galore!|1949|Comedy|Alexander Mackendrick|GB|荒岛酒池|2
On the Town|1949|Musical, Comedy, Romance|Stanley Donen, Gene Kelly|US|锦城春色|2
She Wore a Yellow Ribbon|1949|Western, Adventure|John Ford|US|黄巾骑兵队|2
Crows and Sparrows|1949|Drama, Comedy|Zheng Junli|CN|乌鸦与麻雀|3
San Mao|1949|Comedy, Drama, Family|Zhao Ming, Yan Gong|CN|三毛流浪记|2
`;
