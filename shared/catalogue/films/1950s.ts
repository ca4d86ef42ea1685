// Films of the 1950s, in the notation of rows.ts.
export const films1950s = `
Sunset Boulevard|1950|Film Noir, Drama|Billy Wilder|US|日落大道|5
All About Eve|1950|Drama|Joseph L. Mankiewicz|US|彗星美人|4
Rashomon|1950|Crime, Drama, Mystery|Akira Kurosawa|JP|罗生门|5
In a Lonely Place|1950|Film Noir, Drama, Romance|Nicholas Ray|US|兰闺艳血|3
The Asphalt Jungle|1950|Film Noir, Crime, Drama|John Huston|US|夜阑人未静|3
Harvey|1950|Comedy, Drama, Fantasy|Henry Koster|US|我的朋友叫哈维|3
Los Olvidados|1950|Crime, Drama|Luis Buñuel|MX|被遗忘的人们|3
Cinderella|1950|Animation, Family, Fantasy|Clyde Geronimi, Wilfred Jackson, Hamilton Luske|US|仙履奇缘|4
Orpheus|1950|Drama, Fantasy, Romance|Jean Cocteau|FR|奥菲斯|3
Winchester '73|1950|Western, Action, Drama|Anthony Mann|US|无敌连环枪|2
Gun Crazy|1950|Film Noir, Crime, Drama|Joseph H. Lewis|US|枪疯|2
D.O.A.|1950|Film Noir, Crime, Mystery|Rudolph Maté|US|死亡漩涡|2
Born Yesterday|1950|Comedy, Drama, Romance|George Cukor|US|绛帐海棠春|2
A Streetcar Named Desire|1951|Drama|Elia Kazan|US|欲望号街车|4
Ace in the Hole|1951|Drama, Film Noir|Billy Wilder|US|倒扣的王牌|3
Strangers on a Train|1951|Thriller, Crime, Film Noir|Alfred Hitchcock|US|火车怪客|4
The African Queen|1951|Adventure, Romance, Drama|John Huston|US, GB|非洲女王号|3
An American in Paris|1951|Musical, Romance, Drama|Vincente Minnelli|US|一个美国人在巴黎|3
A Place in the Sun|1951|Drama, Romance|George Stevens|US|郎心如铁|3
The Day the Earth Stood Still|1951|Science Fiction, Drama|Robert Wise|US|地球停转之日|3
Alice in Wonderland|1951|Animation, Family, Fantasy|Clyde Geronimi, Wilfred Jackson, Hamilton Luske|US|爱丽丝梦游仙境|4
Diary of a Country Priest|1951|Drama|Robert Bresson|FR|乡村牧师日记|3
Miracle in Milan|1951|Comedy, Drama, Fantasy|Vittorio De Sica|IT|米兰的奇迹|2
The River|1951|Drama, Romance|Jean Renoir|FR, GB, IN|大河|2
Early Summer|1951|Drama|Yasujiro Ozu|JP|麦秋|3
The Lavender Hill Mob|1951|Comedy, Crime|Charles Crichton|GB|薰衣草山的暴徒|2
The Thing from Another World|1951|Horror, Science Fiction|Christian Nyby|US|怪人|2
Awaara|1951|Drama, Musical, Romance|Raj Kapoor|IN|流浪者|4
The Tales of Hoffmann|1951|Musical, Fantasy, Romance|Michael Powell, Emeric Pressburger|GB|曲终梦回|2
Singin' in the Rain|1952|Musical, Comedy, Romance|Stanley Donen, Gene Kelly|US|雨中曲|5
High Noon|1952|Western, Drama, Thriller|Fred Zinnemann|US|正午|4
Ikiru|1952|Drama|Akira Kurosawa|JP|生之欲|4
Umberto D.|1952|Drama|Vittorio De Sica|IT|风烛泪|4
Forbidden Games|1952|Drama, War|René Clément|FR|禁忌的游戏|4
The Quiet Man|1952|Comedy, Drama, Romance|John Ford|US|蓬门今始为君开|3
The Bad and the Beautiful|1952|Drama, Romance|Vincente Minnelli|US|玉女奇遇|2
Limelight|1952|Drama, Comedy|Charlie Chaplin|US|舞台春秋|4
The Life of Oharu|1952|Drama, History|Kenji Mizoguchi|JP|西鹤一代女|3
Viva Zapata!|1952|Biography, Drama, Western|Elia Kazan|US|萨巴达传|2
The White Sheik|1952|Comedy, Romance|Federico Fellini|IT|白酋长|2
Othello|1951|Drama, Romance|Orson Welles|IT, MA|奥赛罗|2
Tokyo Story|1953|Drama|Yasujiro Ozu|JP|东京物语|5
Ugetsu|1953|Drama, Fantasy, War|Kenji Mizoguchi|JP|雨月物语|4
Roman Holiday|1953|Comedy, Romance|William Wyler|US|罗马假日|5
The Wages of Fear|1953|Adventure, Drama, Thriller|Henri-Georges Clouzot|FR, IT|恐惧的代价|4
The Earrings of Madame de...|1953|Drama, Romance|Max Ophüls|FR, IT|某夫人|3
From Here to Eternity|1953|Drama, Romance, War|Fred Zinnemann|US|乱世忠魂|3
Shane|1953|Western, Drama|George Stevens|US|原野奇侠|4
Stalag 17|1953|Comedy, Drama, War|Billy Wilder|US|战地军魂|3
The Big Heat|1953|Film Noir, Crime, Thriller|Fritz Lang|US|大内幕|3
Gentlemen Prefer Blondes|1953|Musical, Comedy, Romance|Howard Hawks|US|绅士爱美人|3
I Vitelloni|1953|Comedy, Drama|Federico Fellini|IT|浪荡儿|3
Mr. Hulot's Holiday|1953|Comedy|Jacques Tati|FR|于洛先生的假期|3
Summer with Monika|1953|Drama, Romance|Ingmar Bergman|SE|不良少女莫妮卡|3
Sawdust and Tinsel|1953|Drama|Ingmar Bergman|SE|小丑之夜|2
Pickup on South Street|1953|Film Noir, Crime, Thriller|Samuel Fuller|US|南街奇遇|2
The Band Wagon|1953|Musical, Comedy, Romance|Vincente Minnelli|US|龙国香车|2
Peter Pan|1953|Animation, Family, Adventure|Clyde Geronimi, Wilfred Jackson, Hamilton Luske|US|小飞侠|4
The War of the Worlds|1953|Science Fiction, Action, Thriller|Byron Haskin|US|世界大战|2
Do Bigha Zamin|1953|Drama|Bimal Roy|IN|两亩地|2
Liang Shan Bo yu Zhu Ying Tai|1954|Musical, Romance, Drama|Sang Hu, Huang Sha|CN|梁山伯与祝英台|3
Seven Samurai|1954|Action, Drama, Adventure|Akira Kurosawa|JP|七武士|5
Rear Window|1954|Thriller, Mystery|Alfred Hitchcock|US|后窗|5
On the Waterfront|1954|Crime, Drama|Elia Kazan|US|码头风云|4
La Strada|1954|Drama|Federico Fellini|IT|大路|4
Sansho the Bailiff|1954|Drama|Kenji Mizoguchi|JP|山椒大夫|4
Dial M for Murder|1954|Thriller, Crime|Alfred Hitchcock|US|电话谋杀案|4
Sabrina|1954|Comedy, Romance, Drama|Billy Wilder|US|龙凤配|4
Johnny Guitar|1954|Western, Drama|Nicholas Ray|US|荒漠怪客|3
Journey to Italy|1954|Drama, Romance|Roberto Rossellini|IT, FR|游览意大利|3
Senso|1954|Drama, History, Romance|Luchino Visconti|IT|战国妖姬|3
Godzilla|1954|Science Fiction, Horror|Ishiro Honda|JP|哥斯拉|4
Salt of the Earth|1954|Drama|Herbert J. Biberman|US|社会中坚|2
The Caine Mutiny|1954|Drama, War|Edward Dmytryk|US|叛舰凯恩号|2
Touchez pas au grisbi|1954|Crime, Drama, Thriller|Jacques Becker|FR, IT|金钱不要碰|2
A Star Is Born|1954|Musical, Drama, Romance|George Cukor|US|星海浮沉录|2
20,000 Leagues Under the Sea|1954|Adventure, Science Fiction, Family|Richard Fleischer|US|海底两万里|3
Twenty-Four Eyes|1954|Drama|Keisuke Kinoshita|JP|二十四只眼睛|2
Late Chrysanthemums|1954|Drama|Mikio Naruse|JP|晚菊|2
The Night of the Hunter|1955|Thriller, Crime, Drama|Charles Laughton|US|猎人之夜|4
Rebel Without a Cause|1955|Drama|Nicholas Ray|US|无因的反叛|4
East of Eden|1955|Drama|Elia Kazan|US|伊甸园之东|4
Pather Panchali|1955|Drama|Satyajit Ray|IN|大地之歌|4
Ordet|1955|Drama|Carl Theodor Dreyer|DK|诺言|4
Diabolique|1955|Thriller, Mystery, Horror|Henri-Georges Clouzot|FR|恶魔|4
Rififi|1955|Crime, Thriller, Drama|Jules Dassin|FR|男人的争斗|4
Lola Montès|1955|Biography, Drama, Romance|Max Ophüls|FR, DE|倾国倾城欲海花|2
All That Heaven Allows|1955|Drama, Romance|Douglas Sirk|US|深锁春光一院愁|3
Kiss Me Deadly|1955|Film Noir, Crime, Mystery|Robert Aldrich|US|死吻|3
Smiles of a Summer Night|1955|Comedy, Romance|Ingmar Bergman|SE|夏夜的微笑|3
Night and Fog|1955|Documentary, History, War|Alain Resnais|FR|夜与雾|4
Bad Day at Black Rock|1955|Drama, Thriller, Western|John Sturges|US|黑岩喋血记|2
Marty|1955|Drama, Romance|Delbert Mann|US|君子好逑|2
The Ladykillers|1955|Comedy, Crime|Alexander Mackendrick|GB|老妇杀手|3
Lady and the Tramp|1955|Animation, Family, Romance|Clyde Geronimi, Wilfred Jackson, Hamilton Luske|US|小姐与流浪汉|4
To Catch a Thief|1955|Thriller, Romance, Mystery|Alfred Hitchcock|US|捉贼记|3
The Seven Year Itch|1955|Comedy, Romance|Billy Wilder|US|七年之痒|4
Mr. Arkadin|1955|Crime, Drama, Mystery|Orson Welles|FR, ES, CH|阿卡丁先生|2
Floating Clouds|1955|Drama, Romance|Mikio Naruse|JP|浮云|4
Death of a Cyclist|1955|Drama, Thriller|Juan Antonio Bardem|ES|骑车人之死|2
Bob le flambeur|1956|Crime, Drama, Thriller|Jean-Pierre Melville|FR|赌徒鲍勃|3
The Searchers|1956|Western, Adventure, Drama|John Ford|US|搜索者|4
A Man Escaped|1956|Drama, Thriller, War|Robert Bresson|FR|死囚越狱|4
The Killing|1956|Film Noir, Crime, Thriller|Stanley Kubrick|US|杀手|4
Aparajito|1956|Drama|Satyajit Ray|IN|大河之歌|3
The Ten Commandments|1956|Drama, History, Adventure|Cecil B. DeMille|US|十诫|3
Invasion of the Body Snatchers|1956|Science Fiction, Horror, Thriller|Don Siegel|US|天外魔花|3
Giant|1956|Drama, Western|George Stevens|US|巨人传|3
Written on the Wind|1956|Drama|Douglas Sirk|US|苦雨恋春风|2
Forbidden Planet|1956|Science Fiction, Adventure|Fred M. Wilcox|US|惑星历险|3
The Burmese Harp|1956|Drama, War, Musical|Kon Ichikawa|JP|缅甸的竖琴|3
The Man Who Knew Too Much|1956|Thriller, Mystery|Alfred Hitchcock|US|擒凶记|3
The Wrong Man|1956|Drama, Film Noir, Crime|Alfred Hitchcock|US|申冤记|2
War and Peace|1956|Drama, Romance, War|King Vidor|IT, US|战争与和平|3
Around the World in 80 Days|1956|Adventure, Comedy, Family|Michael Anderson|US|环游世界八十天|2
The Red Balloon|1956|Family, Fantasy, Comedy|Albert Lamorisse|FR|红气球|3
Street of Shame|1956|Drama|Kenji Mizoguchi|JP|赤线地带|2
The King and I|1956|Musical, Biography, Romance|Walter Lang|US|国王与我|2
12 Angry Men|1957|Crime, Drama|Sidney Lumet|US|十二怒汉|5
The Seventh Seal|1957|Drama, Fantasy, History|Ingmar Bergman|SE|第七封印|5
Wild Strawberries|1957|Drama|Ingmar Bergman|SE|野草莓|5
Paths of Glory|1957|Drama, War|Stanley Kubrick|US|光荣之路|4
The Bridge on the River Kwai|1957|War, Drama, Adventure|David Lean|GB, US|桂河大桥|4
Witness for the Prosecution|1957|Crime, Drama, Mystery|Billy Wilder|US|控方证人|5
Sweet Smell of Success|1957|Film Noir, Drama|Alexander Mackendrick|US|成功的滋味|3
Throne of Blood|1957|Drama, History, War|Akira Kurosawa|JP|蜘蛛巢城|4
Nights of Cabiria|1957|Drama|Federico Fellini|IT, FR|卡比利亚之夜|4
The Cranes Are Flying|1957|Drama, Romance, War|Mikhail Kalatozov|SU|雁南飞|4
An Affair to Remember|1957|Drama, Romance, Comedy|Leo McCarey|US|金玉盟|3
Funny Face|1957|Musical, Comedy, Romance|Stanley Donen|US|甜姐儿|3
Kanal|1957|Drama, War|Andrzej Wajda|PL|下水道|3
Love in the Afternoon|1957|Comedy, Romance, Drama|Billy Wilder|US|黄昏之恋|2
3:10 to Yuma|1957|Western, Drama, Thriller|Delmer Daves|US|决战犹马镇|2
Mother India|1957|Drama, Musical, Family|Mehboob Khan|IN|印度母亲|2
Pyaasa|1957|Drama, Musical, Romance|Guru Dutt|IN|渴望|2
The Incredible Shrinking Man|1957|Science Fiction, Horror|Jack Arnold|US|奇怪的收缩人|2
Elevator to the Gallows|1958|Crime, Drama, Thriller|Louis Malle|FR|通往绞刑架的电梯|3
Le Notti Bianche|1957|Drama, Romance|Luchino Visconti|IT, FR|白夜|2
Tokyo Twilight|1957|Drama|Yasujiro Ozu|JP|东京暮色|2
Vertigo|1958|Mystery, Thriller, Romance|Alfred Hitchcock|US|迷魂记|5
Touch of Evil|1958|Film Noir, Crime, Thriller|Orson Welles|US|历劫佳人|4
Ashes and Diamonds|1958|Drama, War, Romance|Andrzej Wajda|PL|灰烬与钻石|3
Mon Oncle|1958|Comedy|Jacques Tati|FR, IT|我的舅舅|4
The Hidden Fortress|1958|Adventure, Action, Drama|Akira Kurosawa|JP|战国英豪|3
Cat on a Hot Tin Roof|1958|Drama|Richard Brooks|US|热铁皮屋顶上的猫|3
Gigi|1958|Musical, Comedy, Romance|Vincente Minnelli|US|琪琪|2
The Defiant Ones|1958|Crime, Drama|Stanley Kramer|US|逃狱惊魂|2
The Music Room|1958|Drama|Satyajit Ray|IN|音乐室|2
Cairo Station|1958|Crime, Drama|Youssef Chahine|EG|开罗车站|3
Some Came Running|1958|Drama, Romance|Vincente Minnelli|US|魂断情天|2
Bonjour Tristesse|1958|Drama, Romance|Otto Preminger|US, GB|你好，忧愁|2
Dracula|1958|Horror|Terence Fisher|GB|恐怖德古拉|2
Equinox Flower|1958|Comedy, Drama|Yasujiro Ozu|JP|彼岸花|2
The Ballad of Narayama|1958|Drama|Keisuke Kinoshita|JP|楢山节考|3
Some Like It Hot|1959|Comedy, Romance|Billy Wilder|US|热情似火|5
North by Northwest|1959|Thriller, Adventure, Mystery|Alfred Hitchcock|US|西北偏北|5
The 400 Blows|1959|Drama, Crime|François Truffaut|FR|四百击|5
Ben-Hur|1959|Adventure, Drama, History|William Wyler|US|宾虚|4
Hiroshima Mon Amour|1959|Drama, Romance|Alain Resnais|FR, JP|广岛之恋|4
Anatomy of a Murder|1959|Crime, Drama, Mystery|Otto Preminger|US|桃色血案|3
Rio Bravo|1959|Western, Drama, Action|Howard Hawks|US|赤胆屠龙|3
Imitation of Life|1959|Drama, Romance|Douglas Sirk|US|春风秋雨|3
Pickpocket|1959|Crime, Drama|Robert Bresson|FR|扒手|4
The World of Apu|1959|Drama, Romance|Satyajit Ray|IN|大树之歌|3
Black Orpheus|1959|Drama, Romance, Musical|Marcel Camus|BR, FR|黑人奥尔菲|3
Floating Weeds|1959|Drama|Yasujiro Ozu|JP|浮草|3
Good Morning|1959|Comedy, Drama, Family|Yasujiro Ozu|JP|早安|3
Sleeping Beauty|1959|Animation, Family, Fantasy|Clyde Geronimi|US|睡美人|4
The Nun's Story|1959|Drama, Romance|Fred Zinnemann|US|修女传|2
Ballad of a Soldier|1959|Drama, Romance, War|Grigory Chukhray|SU|士兵之歌|4
The Human Condition I: No Greater Love|1959|Drama, War, History|Masaki Kobayashi|JP|人间的条件1|3
The Diary of Anne Frank|1959|Biography, Drama, War|George Stevens|US|安妮日记|2
Room at the Top|1959|Drama, Romance|Jack Clayton|GB|金屋泪|2
Fires on the Plain|1959|Drama, War|Kon Ichikawa|JP|野火|3
Lin Zexu|1959|History, Drama, War|Zheng Junli, Cen Fan|CN|林则徐|3
Five Golden Flowers|1959|Comedy, Musical, Romance|Wang Jiayi|CN|五朵金花|3
`;
