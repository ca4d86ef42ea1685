// Films of the 1960s, in the notation of rows.ts.
export const films1960s = `
Psycho|1960|Horror, Thriller, Mystery|Alfred Hitchcock|US|惊魂记|5
The Apartment|1960|Comedy, Romance, Drama|Billy Wilder|US|桃色公寓|4
Spartacus|1960|History, Drama, Adventure|Stanley Kubrick|US|斯巴达克斯|4
The Magnificent Seven|1960|Western, Action|John Sturges|US|豪勇七蛟龙|4
Peeping Tom|1960|Horror, Thriller|Michael Powell|GB|偷窥狂|2
Breathless|1960|Crime, Drama, Romance|Jean-Luc Godard|FR|精疲力尽|4
Eyes Without a Face|1960|Horror, Drama|Georges Franju|FR, IT|没有面孔的眼睛|2
Purple Noon|1960|Crime, Thriller|René Clément|FR, IT|怒海沉尸|3
La Dolce Vita|1960|Drama, Comedy|Federico Fellini|IT, FR|甜蜜的生活|4
L'Avventura|1960|Drama, Mystery|Michelangelo Antonioni|IT, FR|奇遇|3
Rocco and His Brothers|1960|Drama|Luchino Visconti|IT, FR|洛可兄弟|3
Two Women|1960|Drama, War|Vittorio De Sica|IT, FR|两妇人|3
The Virgin Spring|1960|Drama|Ingmar Bergman|SE|处女泉|3
Never on Sunday|1960|Comedy, Romance, Drama|Jules Dassin|GR|痴汉艳娃|2
When a Woman Ascends the Stairs|1960|Drama|Mikio Naruse|JP|女人步上楼梯时|3
Late Autumn|1960|Drama, Comedy|Yasujiro Ozu|JP|秋日和|3
The Housemaid|1960|Thriller, Drama|Kim Ki-young|KR|下女|3
The Cloud-Capped Star|1960|Drama|Ritwik Ghatak|IN|云遮星|2
Mughal-e-Azam|1960|History, Romance, Musical|K. Asif|IN|莫卧儿大帝|2
Breakfast at Tiffany's|1961|Romance, Comedy|Blake Edwards|US|蒂凡尼的早餐|5
West Side Story|1961|Musical, Romance, Crime|Robert Wise, Jerome Robbins|US|西区故事|4
One Hundred and One Dalmatians|1961|Animation, Family, Adventure|Clyde Geronimi, Hamilton Luske, Wolfgang Reitherman|US|101忠狗|4
Judgment at Nuremberg|1961|Drama, History, War|Stanley Kramer|US|纽伦堡的审判|4
The Hustler|1961|Drama, Sport|Robert Rossen|US|江湖浪子|3
The Innocents|1961|Horror, Mystery|Jack Clayton|GB|无辜的人|2
Last Year at Marienbad|1961|Drama, Mystery|Alain Resnais|FR, IT|去年在马里昂巴德|3
La Notte|1961|Drama|Michelangelo Antonioni|IT, FR|夜|3
Divorce Italian Style|1961|Comedy, Crime|Pietro Germi|IT|意大利式离婚|3
Viridiana|1961|Drama|Luis Buñuel|ES, MX|维莉迪安娜|3
Mother Joan of the Angels|1961|Drama, Horror|Jerzy Kawalerowicz|PL|修女乔安娜|2
Through a Glass Darkly|1961|Drama|Ingmar Bergman|SE|犹在镜中|3
Yojimbo|1961|Action, Drama|Akira Kurosawa|JP|用心棒|4
The Uproar in Heaven|1961|Animation, Fantasy, Action|Wan Laiming, Tang Cheng|CN|大闹天宫|5
The Red Detachment of Women|1961|War, Drama|Xie Jin|CN|红色娘子军|3
Aimless Bullet|1961|Drama|Yu Hyun-mok|KR|误发弹|2
Lawrence of Arabia|1962|Adventure, Biography, War|David Lean|GB|阿拉伯的劳伦斯|5
To Kill a Mockingbird|1962|Drama, Crime|Robert Mulligan|US|杀死一只知更鸟|4
The Manchurian Candidate|1962|Thriller, Drama|John Frankenheimer|US|谍网迷魂|3
The Man Who Shot Liberty Valance|1962|Western, Drama|John Ford|US|双虎屠龙|3
What Ever Happened to Baby Jane?|1962|Horror, Thriller, Drama|Robert Aldrich|US|兰闺惊变|3
Lolita|1962|Drama, Romance|Stanley Kubrick|GB, US|洛丽塔|4
Dr. No|1962|Action, Thriller, Adventure|Terence Young|GB|007之诺博士|4
Jules and Jim|1962|Romance, Drama|François Truffaut|FR|祖与占|4
Cléo from 5 to 7|1962|Drama|Agnès Varda|FR, IT|五至七时的克莱奥|3
La Jetée|1962|Science Fiction, Drama, Romance|Chris Marker|FR|堤|3
L'Eclisse|1962|Drama, Romance|Michelangelo Antonioni|IT, FR|蚀|3
Il Sorpasso|1962|Comedy, Drama|Dino Risi|IT|安逸人生|2
The Exterminating Angel|1962|Drama, Fantasy, Comedy|Luis Buñuel|MX|泯灭天使|3
Knife in the Water|1962|Drama, Thriller|Roman Polanski|PL|水中刀|3
Ivan's Childhood|1962|War, Drama|Andrei Tarkovsky|SU|伊万的童年|4
Harakiri|1962|Drama, Action|Masaki Kobayashi|JP|切腹|4
An Autumn Afternoon|1962|Drama|Yasujiro Ozu|JP|秋刀鱼之味|4
The Given Word|1962|Drama|Anselmo Duarte|BR|诺言|2
8½|1963|Drama, Fantasy|Federico Fellini|IT, FR|八部半|4
The Leopard|1963|Drama, History, Romance|Luchino Visconti|IT, FR|豹|4
Contempt|1963|Drama, Romance|Jean-Luc Godard|FR, IT|蔑视|3
Cleopatra|1963|History, Drama, Romance|Joseph L. Mankiewicz|US, GB|埃及艳后|4
The Birds|1963|Horror, Thriller|Alfred Hitchcock|US|群鸟|4
The Great Escape|1963|War, Adventure, Action|John Sturges|US|大逃亡|4
Charade|1963|Mystery, Comedy, Romance|Stanley Donen|US|谜中谜|4
The Haunting|1963|Horror, Mystery|Robert Wise|GB, US|邪屋|2
Winter Light|1963|Drama|Ingmar Bergman|SE|冬之光|3
High and Low|1963|Crime, Thriller, Drama|Akira Kurosawa|JP|天国与地狱|4
The Insect Woman|1963|Drama|Shōhei Imamura|JP|日本昆虫记|2
The Big City|1963|Drama|Satyajit Ray|IN|大都会|2
The Executioner|1963|Comedy, Drama|Luis García Berlanga|ES, IT|刽子手|3
The Love Eterne|1963|Musical, Romance, Drama|Li Han-hsiang|HK|梁山伯与祝英台|3
Dr. Strangelove|1964|Comedy, War|Stanley Kubrick|GB, US|奇爱博士|4
Mary Poppins|1964|Musical, Fantasy, Family|Robert Stevenson|US|欢乐满人间|4
My Fair Lady|1964|Musical, Romance, Comedy|George Cukor|US|窈窕淑女|4
Goldfinger|1964|Action, Thriller, Adventure|Guy Hamilton|GB|007之金手指|4
A Hard Day's Night|1964|Musical, Comedy|Richard Lester|GB|一夜狂欢|3
A Fistful of Dollars|1964|Western, Action|Sergio Leone|IT, ES, DE|荒野大镖客|4
The Gospel According to St. Matthew|1964|Drama, History, Biography|Pier Paolo Pasolini|IT, FR|马太福音|2
Red Desert|1964|Drama|Michelangelo Antonioni|IT, FR|红色沙漠|3
Marriage Italian Style|1964|Comedy, Romance, Drama|Vittorio De Sica|IT, FR|意大利式结婚|3
The Umbrellas of Cherbourg|1964|Musical, Romance, Drama|Jacques Demy|FR, DE|瑟堡的雨伞|4
Band of Outsiders|1964|Crime, Comedy, Drama|Jean-Luc Godard|FR|法外之徒|3
Zorba the Greek|1964|Drama, Comedy|Michael Cacoyannis|GR, GB, US|希腊人佐巴|3
Woman in the Dunes|1964|Drama, Thriller|Hiroshi Teshigahara|JP|砂之女|3
Kwaidan|1964|Horror, Fantasy|Masaki Kobayashi|JP|怪谈|3
Onibaba|1964|Horror, Drama|Kaneto Shindō|JP|鬼婆|2
Charulata|1964|Drama, Romance|Satyajit Ray|IN|孤独的妻子|2
Black God, White Devil|1964|Western, Drama, Adventure|Glauber Rocha|BR|黑上帝，白魔鬼|2
I Am Cuba|1964|Drama|Mikhail Kalatozov|SU, CU|我是古巴|3
Shadows of Forgotten Ancestors|1965|Drama, Romance|Sergei Parajanov|SU|被遗忘的祖先的阴影|2
Dry Summer|1963|Drama|Metin Erksan|TR|干旱的夏天|2
The Sound of Music|1965|Musical, Family, Romance|Robert Wise|US|音乐之声|5
Doctor Zhivago|1965|Romance, Drama, War|David Lean|US, GB, IT|日瓦戈医生|4
For a Few Dollars More|1965|Western, Action|Sergio Leone|IT, ES, DE|黄昏双镖客|4
Repulsion|1965|Horror, Thriller, Drama|Roman Polanski|GB|冷血惊魂|3
Pierrot le Fou|1965|Crime, Drama, Romance|Jean-Luc Godard|FR, IT|狂人皮埃罗|4
Alphaville|1965|Science Fiction, Mystery|Jean-Luc Godard|FR, IT|阿尔法城|3
The Shop on Main Street|1965|Drama, War|Ján Kadár, Elmar Klos|CS|大街上的商店|2
Loves of a Blonde|1965|Comedy, Romance, Drama|Miloš Forman|CS|金发女郎之恋|2
The Saragossa Manuscript|1965|Fantasy, Adventure, Comedy|Wojciech Has|PL|萨拉戈萨的手稿|2
Red Beard|1965|Drama|Akira Kurosawa|JP|红胡子|3
The Good, the Bad and the Ugly|1966|Western, Adventure|Sergio Leone|IT, ES, DE|黄金三镖客|5
Persona|1966|Drama|Ingmar Bergman|SE|假面|4
Andrei Rublev|1966|Drama, History, Biography|Andrei Tarkovsky|SU|安德烈·卢布廖夫|4
War and Peace|1966|War, History, Drama|Sergei Bondarchuk|SU|战争与和平|4
The Battle of Algiers|1966|War, Drama, History|Gillo Pontecorvo|IT, DZ|阿尔及尔之战|3
Blow-Up|1966|Mystery, Drama, Thriller|Michelangelo Antonioni|GB, IT, US|放大|4
Django|1966|Western, Action|Sergio Corbucci|IT, ES|姜戈|3
Au Hasard Balthazar|1966|Drama|Robert Bresson|FR, SE|驴子巴萨特|3
A Man and a Woman|1966|Romance, Drama|Claude Lelouch|FR|一个男人和一个女人|3
Don't Look Now... We're Being Shot At!|1966|Comedy, War, Adventure|Gérard Oury|FR, GB|虎口脱险|5
Closely Watched Trains|1966|Comedy, Drama, War|Jiří Menzel|CS|严密监视的列车|3
Daisies|1966|Comedy, Fantasy|Věra Chytilová|CS|雏菊|3
The Round-Up|1966|Drama, History, War|Miklós Jancsó|HU|无望的人们|2
Black Girl|1966|Drama|Ousmane Sembène|SN, FR|黑女孩|2
Death of a Bureaucrat|1966|Comedy|Tomás Gutiérrez Alea|CU|官僚之死|2
Come Drink with Me|1966|Action, Drama|King Hu|HK|大醉侠|3
Who's Afraid of Virginia Woolf?|1966|Drama|Mike Nichols|US|灵欲春宵|3
The Graduate|1967|Comedy, Romance, Drama|Mike Nichols|US|毕业生|5
Bonnie and Clyde|1967|Crime, Biography, Drama|Arthur Penn|US|雌雄大盗|4
Cool Hand Luke|1967|Drama, Crime|Stuart Rosenberg|US|铁窗喋血|3
In the Heat of the Night|1967|Crime, Mystery, Drama|Norman Jewison|US|炎热的夜晚|3
Guess Who's Coming to Dinner|1967|Drama, Comedy|Stanley Kramer|US|猜猜谁来吃晚餐|3
The Jungle Book|1967|Animation, Musical, Family|Wolfgang Reitherman|US|森林王子|4
Playtime|1967|Comedy|Jacques Tati|FR, IT|玩乐时间|3
Le Samouraï|1967|Crime, Thriller|Jean-Pierre Melville|FR, IT|独行杀手|4
Belle de Jour|1967|Drama, Romance|Luis Buñuel|FR, IT|白日美人|4
The Young Girls of Rochefort|1967|Musical, Romance, Comedy|Jacques Demy|FR|柳媚花娇|3
Mouchette|1967|Drama|Robert Bresson|FR|穆谢特|3
Branded to Kill|1967|Crime, Action|Seijun Suzuki|JP|杀手烙印|2
Samurai Rebellion|1967|Drama, Action|Masaki Kobayashi|JP|夺命剑|3
Dragon Inn|1967|Action, Adventure|King Hu|TW|龙门客栈|3
One-Armed Swordsman|1967|Action, Drama|Chang Cheh|HK|独臂刀|3
Entranced Earth|1967|Drama|Glauber Rocha|BR|痛苦中的大地|2
I Even Met Happy Gypsies|1967|Drama|Aleksandar Petrović|YU|我甚至遇见过快乐的吉普赛人|2
The Red and the White|1967|War, Drama|Miklós Jancsó|HU, SU|红军与白军|2
2001: A Space Odyssey|1968|Science Fiction, Adventure, Mystery|Stanley Kubrick|GB, US|2001太空漫游|5
Once Upon a Time in the West|1968|Western|Sergio Leone|IT, US|西部往事|5
Rosemary's Baby|1968|Horror, Drama, Mystery|Roman Polanski|US|罗斯玛丽的婴儿|4
Planet of the Apes|1968|Science Fiction, Adventure|Franklin J. Schaffner|US|人猿星球|4
Night of the Living Dead|1968|Horror|George A. Romero|US|活死人之夜|4
Romeo and Juliet|1968|Romance, Drama|Franco Zeffirelli|GB, IT|罗密欧与朱丽叶|4
Oliver!|1968|Musical, Drama, Family|Carol Reed|GB|雾都孤儿|3
Bullitt|1968|Action, Crime, Thriller|Peter Yates|US|警网铁金刚|3
If....|1968|Drama|Lindsay Anderson|GB|如果|3
Teorema|1968|Drama, Mystery|Pier Paolo Pasolini|IT|定理|3
Hour of the Wolf|1968|Horror, Drama|Ingmar Bergman|SE|豺狼时刻|2
Memories of Underdevelopment|1968|Drama|Tomás Gutiérrez Alea|CU|低度开发的回忆|2
The Hour of the Furnaces|1968|Documentary, History|Fernando Solanas, Octavio Getino|AR||2
The Cremator|1969|Horror, Comedy, Drama|Juraj Herz|CS|焚尸人|3
Midnight Cowboy|1969|Drama|John Schlesinger|US|午夜牛郎|4
Butch Cassidy and the Sundance Kid|1969|Western, Biography, Adventure|George Roy Hill|US|虎豹小霸王|4
Easy Rider|1969|Drama, Adventure|Dennis Hopper|US|逍遥骑士|4
The Wild Bunch|1969|Western, Action|Sam Peckinpah|US|日落黄沙|3
They Shoot Horses, Don't They?|1969|Drama|Sydney Pollack|US|孤注一掷|3
Z|1969|Thriller, Crime, Drama|Costa-Gavras|FR, DZ|焦点新闻|3
Army of Shadows|1969|War, Drama, Thriller|Jean-Pierre Melville|FR, IT|影子部队|3
My Night at Maud's|1969|Drama, Romance, Comedy|Éric Rohmer|FR|慕德家一夜|3
Fellini Satyricon|1969|Drama, Fantasy, History|Federico Fellini|IT, FR|爱情神话|2
Kes|1969|Drama, Family|Ken Loach|GB|小孩与鹰|3
The Color of Pomegranates|1969|Biography, Drama|Sergei Parajanov|SU|石榴的颜色|3
The Cow|1969|Drama|Dariush Mehrjui|IR|奶牛|2
The Night of Counting the Years|1969|Drama, History|Shadi Abdel Salam|EG|木乃伊|2
Antonio das Mortes|1969|Western, Drama|Glauber Rocha|BR|职业杀手安东尼奥|2
Boy|1969|Drama, Crime|Nagisa Ōshima|JP|少年|2
Funeral Parade of Roses|1969|Drama|Toshio Matsumoto|JP|蔷薇的葬列|2
`;
