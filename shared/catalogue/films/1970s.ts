// Films of the 1970s, in the notation of rows.ts.
export const films1970s = `
M*A*S*H|1970|Comedy, War|Robert Altman|US|陆军野战医院|3
Patton|1970|Biography, War, Drama|Franklin J. Schaffner|US|巴顿将军|4
Five Easy Pieces|1970|Drama|Bob Rafelson|US|五支歌|3
Love Story|1970|Romance, Drama|Arthur Hiller|US|爱情故事|4
The Aristocats|1970|Animation, Family, Comedy|Wolfgang Reitherman|US|猫儿历险记|3
El Topo|1970|Western, Fantasy|Alejandro Jodorowsky|MX|鼹鼠|3
The Conformist|1970|Drama, Thriller|Bernardo Bertolucci|IT, FR, DE|同流者|4
The Bird with the Crystal Plumage|1970|Horror, Mystery, Thriller|Dario Argento|IT, DE|摧花手|2
Investigation of a Citizen Above Suspicion|1970|Crime, Drama, Thriller|Elio Petri|IT|对一个不容怀疑的公民的调查|3
The Garden of the Finzi-Continis|1970|Drama, History, War|Vittorio De Sica|IT, DE|费尼兹花园|2
Le Cercle Rouge|1970|Crime, Thriller|Jean-Pierre Melville|FR, IT|红圈|3
Tristana|1970|Drama|Luis Buñuel|ES, FR, IT|特丽丝塔娜|3
Valerie and Her Week of Wonders|1970|Fantasy, Horror|Jaromil Jireš|CS|瓦莱丽和她的奇迹一周|3
The White Sun of the Desert|1970|Adventure, Action, Comedy|Vladimir Motyl|SU|沙漠白日|2
Hope|1970|Drama|Yılmaz Güney|TR|希望|2
A Clockwork Orange|1971|Crime, Science Fiction, Drama|Stanley Kubrick|GB, US|发条橙|5
The French Connection|1971|Crime, Action, Thriller|William Friedkin|US|法国贩毒网|3
Dirty Harry|1971|Crime, Action, Thriller|Don Siegel|US|肮脏的哈里|4
Harold and Maude|1971|Comedy, Romance, Drama|Hal Ashby|US|哈洛与慕德|3
McCabe & Mrs. Miller|1971|Western, Drama|Robert Altman|US|花村|3
The Last Picture Show|1971|Drama, Romance|Peter Bogdanovich|US|最后一场电影|3
Willy Wonka & the Chocolate Factory|1971|Family, Fantasy, Musical|Mel Stuart|US|欢乐糖果屋|3
Fiddler on the Roof|1971|Musical, Drama|Norman Jewison|US|屋顶上的提琴手|3
Straw Dogs|1971|Thriller, Drama|Sam Peckinpah|GB, US|稻草狗|3
Get Carter|1971|Crime, Thriller|Mike Hodges|GB|大开杀戒|2
Walkabout|1971|Adventure, Drama|Nicolas Roeg|GB, AU|小姐弟荒原历险|3
Wake in Fright|1971|Drama, Thriller|Ted Kotcheff|AU, US|假期惊魂|2
Death in Venice|1971|Drama|Luchino Visconti|IT, FR|魂断威尼斯|4
The Decameron|1971|Comedy, Drama, History|Pier Paolo Pasolini|IT, FR, DE|十日谈|3
A Touch of Zen|1971|Action, Adventure, Drama|King Hu|TW|侠女|4
The Big Boss|1971|Action, Drama|Lo Wei|HK|唐山大兄|4
The Godfather|1972|Crime, Drama|Francis Ford Coppola|US|教父|5
Cabaret|1972|Musical, Drama|Bob Fosse|US|歌厅|3
Deliverance|1972|Adventure, Thriller, Drama|John Boorman|US|激流四勇士|3
The Poseidon Adventure|1972|Adventure, Action, Drama|Ronald Neame|US|海神号遇险记|3
Sleuth|1972|Mystery, Thriller|Joseph L. Mankiewicz|GB|侦探|3
Last Tango in Paris|1972|Drama, Romance|Bernardo Bertolucci|FR, IT|巴黎最后的探戈|4
The Discreet Charm of the Bourgeoisie|1972|Comedy|Luis Buñuel|FR, IT, ES|资产阶级的审慎魅力|3
Aguirre, the Wrath of God|1972|Adventure, History, Drama|Werner Herzog|DE|阿基尔，上帝的愤怒|3
The Bitter Tears of Petra von Kant|1972|Drama, Romance|Rainer Werner Fassbinder|DE|柏蒂娜的苦泪|3
Cries and Whispers|1972|Drama|Ingmar Bergman|SE|呼喊与细语|4
Solaris|1972|Science Fiction, Drama, Mystery|Andrei Tarkovsky|SU|飞向太空|4
The Dawns Here Are Quiet|1972|War, Drama|Stanislav Rostotsky|SU|这里的黎明静悄悄|4
Fist of Fury|1972|Action, Drama|Lo Wei|HK|精武门|4
The Way of the Dragon|1972|Action, Comedy|Bruce Lee|HK|猛龙过江|4
The Flower Girl|1972|Drama, Musical|Choe Ik-gyu, Pak Hak|KP|卖花姑娘|3
Pakeezah|1972|Musical, Romance, Drama|Kamal Amrohi|IN|心地纯洁的人|2
Enter the Dragon|1973|Action, Crime|Robert Clouse|HK, US|龙争虎斗|4
The Exorcist|1973|Horror|William Friedkin|US|驱魔人|5
The Sting|1973|Comedy, Crime|George Roy Hill|US|骗中骗|4
American Graffiti|1973|Comedy, Drama|George Lucas|US|美国风情画|3
Badlands|1973|Crime, Drama|Terrence Malick|US|穷山恶水|3
Mean Streets|1973|Crime, Drama|Martin Scorsese|US|穷街陋巷|3
Paper Moon|1973|Comedy, Drama|Peter Bogdanovich|US|纸月亮|3
Papillon|1973|Biography, Crime, Drama|Franklin J. Schaffner|US, FR|巴比龙|4
Serpico|1973|Crime, Biography, Drama|Sidney Lumet|US, IT|冲突|3
The Long Goodbye|1973|Crime, Mystery, Drama|Robert Altman|US|漫长的告别|3
The Day of the Jackal|1973|Thriller, Crime|Fred Zinnemann|GB, FR|豺狼的日子|4
The Wicker Man|1973|Horror, Mystery|Robin Hardy|GB|异教徒|3
Don't Look Now|1973|Horror, Mystery, Drama|Nicolas Roeg|GB, IT|威尼斯疑魂|3
Day for Night|1973|Comedy, Drama, Romance|François Truffaut|FR, IT|日以作夜|3
The Mother and the Whore|1973|Drama, Romance|Jean Eustache|FR|母亲与娼妓|3
Fantastic Planet|1973|Animation, Science Fiction|René Laloux|FR, CS|奇幻星球|3
The Holy Mountain|1973|Fantasy, Adventure, Drama|Alejandro Jodorowsky|MX, US|圣山|3
Amarcord|1973|Comedy, Drama|Federico Fellini|IT, FR|我记得我想起|3
The Spirit of the Beehive|1973|Drama|Víctor Erice|ES|蜂巢幽灵|3
Touki Bouki|1973|Drama|Djibril Diop Mambéty|SN|土狼之旅|2
Lady Snowblood|1973|Action, Crime, Thriller|Toshiya Fujita|JP|修罗雪姬|3
Battles Without Honor and Humanity|1973|Crime, Drama|Kinji Fukasaku|JP|无仁义之战|2
Zorro|1975|Action, Adventure, Comedy|Duccio Tessari|IT, FR|佐罗|4
The Godfather Part II|1974|Crime, Drama|Francis Ford Coppola|US|教父2|5
Chinatown|1974|Crime, Mystery, Drama|Roman Polanski|US|唐人街|4
The Conversation|1974|Thriller, Mystery, Drama|Francis Ford Coppola|US|窃听大阴谋|3
The Texas Chain Saw Massacre|1974|Horror|Tobe Hooper|US|德州电锯杀人狂|3
Young Frankenstein|1974|Comedy|Mel Brooks|US|新科学怪人|3
A Woman Under the Influence|1974|Drama|John Cassavetes|US|受影响的女人|3
The Towering Inferno|1974|Action, Drama, Thriller|John Guillermin|US|火烧摩天楼|3
Murder on the Orient Express|1974|Mystery, Crime|Sidney Lumet|GB|东方快车谋杀案|4
Ali: Fear Eats the Soul|1974|Drama, Romance|Rainer Werner Fassbinder|DE|恐惧吞噬灵魂|3
Alice in the Cities|1974|Drama|Wim Wenders|DE|爱丽丝城市漫游记|3
The Enigma of Kaspar Hauser|1974|Drama, Biography, History|Werner Herzog|DE|人人为自己，上帝反众人|2
Celine and Julie Go Boating|1974|Comedy, Fantasy, Mystery|Jacques Rivette|FR|塞琳和朱莉出航记|2
Scent of a Woman|1974|Comedy, Drama|Dino Risi|IT|女人香|2
The Castle of Sand|1974|Crime, Mystery, Drama|Yoshitarō Nomura|JP|砂之器|4
Sandakan No. 8|1974|Drama|Kei Kumai|JP|望乡|3
Still Life|1974|Drama|Sohrab Shahid Saless|IR|静物|2
Jaws|1975|Thriller, Adventure, Horror|Steven Spielberg|US|大白鲨|5
One Flew Over the Cuckoo's Nest|1975|Drama|Miloš Forman|US|飞越疯人院|5
Barry Lyndon|1975|Drama, History, Adventure|Stanley Kubrick|GB, US|巴里·林登|4
Dog Day Afternoon|1975|Crime, Thriller, Drama|Sidney Lumet|US|热天午后|4
Nashville|1975|Drama, Comedy, Musical|Robert Altman|US|纳什维尔|3
Three Days of the Condor|1975|Thriller, Mystery|Sydney Pollack|US|秃鹰72小时|3
The Rocky Horror Picture Show|1975|Musical, Comedy, Horror|Jim Sharman|GB, US|洛基恐怖秀|3
Monty Python and the Holy Grail|1975|Comedy, Adventure, Fantasy|Terry Gilliam, Terry Jones|GB|巨蟒与圣杯|4
Picnic at Hanging Rock|1975|Mystery, Drama|Peter Weir|AU|悬崖上的野餐|3
Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles|1975|Drama|Chantal Akerman|BE, FR|让娜·迪尔曼|3
The Story of Adèle H.|1975|Drama, Romance, Biography|François Truffaut|FR|阿黛尔·雨果的故事|3
The Passenger|1975|Drama, Thriller, Mystery|Michelangelo Antonioni|IT, FR, ES|过客|3
Deep Red|1975|Horror, Mystery, Thriller|Dario Argento|IT|夜深血红|3
Salò, or the 120 Days of Sodom|1975|Drama, Horror|Pier Paolo Pasolini|IT, FR|索多玛120天|4
Mirror|1975|Drama, Biography|Andrei Tarkovsky|SU|镜子|4
Dersu Uzala|1975|Adventure, Drama, Biography|Akira Kurosawa|SU, JP|德尔苏·乌扎拉|3
The Irony of Fate|1976|Comedy, Romance|Eldar Ryazanov|SU|命运的捉弄|3
The Travelling Players|1975|Drama, History, War|Theo Angelopoulos|GR|流浪艺人|3
The Promised Land|1975|Drama, History|Andrzej Wajda|PL|福地|2
Chronicle of the Years of Fire|1975|Drama, History, War|Mohammed Lakhdar-Hamina|DZ|烽火岁月志|2
Xala|1975|Comedy, Drama|Ousmane Sembène|SN|哈拉|2
Sholay|1975|Action, Adventure, Comedy|Ramesh Sippy|IN|怒焰骄阳|3
Manhunt|1976|Action, Thriller, Crime|Junya Satō|JP|追捕|4
Taxi Driver|1976|Crime, Drama|Martin Scorsese|US|出租车司机|5
Rocky|1976|Sport, Drama|John G. Avildsen|US|洛奇|4
Network|1976|Drama, Comedy|Sidney Lumet|US|电视台风云|3
All the President's Men|1976|Thriller, History, Drama|Alan J. Pakula|US|总统班底|3
Carrie|1976|Horror|Brian De Palma|US|魔女嘉莉|3
The Omen|1976|Horror, Mystery|Richard Donner|GB, US|凶兆|3
The Cassandra Crossing|1976|Thriller, Action, Drama|George P. Cosmatos|IT, GB, DE|卡桑德拉大桥|4
1900|1976|Drama, History|Bernardo Bertolucci|IT, FR, DE|一九〇〇|3
The Tenant|1976|Horror, Thriller, Mystery|Roman Polanski|FR|怪房客|3
Kings of the Road|1976|Drama|Wim Wenders|DE|公路之王|3
In the Realm of the Senses|1976|Drama, Romance|Nagisa Ōshima|JP, FR|感官世界|4
Cría Cuervos|1976|Drama|Carlos Saura|ES|饲养乌鸦|3
Canoa: A Shameful Memory|1976|Drama, History, Horror|Felipe Cazals|MX||2
Dona Flor and Her Two Husbands|1976|Comedy, Fantasy, Romance|Bruno Barreto|BR|弗洛尔和她的两个丈夫|2
Star Wars|1977|Science Fiction, Adventure, Action|George Lucas|US|星球大战|5
Annie Hall|1977|Comedy, Romance|Woody Allen|US|安妮·霍尔|5
Close Encounters of the Third Kind|1977|Science Fiction, Drama|Steven Spielberg|US|第三类接触|4
Saturday Night Fever|1977|Drama, Musical|John Badham|US|周末夜狂热|3
Eraserhead|1977|Horror, Fantasy|David Lynch|US|橡皮头|3
3 Women|1977|Drama|Robert Altman|US|三女性|2
Julia|1977|Drama|Fred Zinnemann|US|朱莉娅|3
The Duellists|1977|Drama, History|Ridley Scott|GB|决斗的人|3
Suspiria|1977|Horror|Dario Argento|IT|阴风阵阵|3
A Special Day|1977|Drama, Romance|Ettore Scola|IT, CA|特殊的一天|3
Padre Padrone|1977|Drama, Biography|Paolo Taviani, Vittorio Taviani|IT|我父我主|2
That Obscure Object of Desire|1977|Comedy, Drama|Luis Buñuel|FR, ES|朦胧的欲望|3
The American Friend|1977|Crime, Thriller, Drama|Wim Wenders|DE, FR|美国朋友|3
Man of Marble|1977|Drama|Andrzej Wajda|PL|大理石人|2
The Ascent|1977|War, Drama|Larisa Shepitko|SU|升华|3
An Unfinished Piece for Mechanical Piano|1977|Drama, Comedy|Nikita Mikhalkov|SU|为机械钢琴而作的未完成曲|2
Office Romance|1977|Comedy, Romance|Eldar Ryazanov|SU|办公室的故事|3
The Yellow Handkerchief|1977|Drama, Romance|Yoji Yamada|JP|幸福的黄手帕|4
House|1977|Horror, Comedy, Fantasy|Nobuhiko Obayashi|JP|鬼怪屋|3
The Last Wave|1977|Mystery, Drama|Peter Weir|AU|最后浪潮|2
The Deer Hunter|1978|War, Drama|Michael Cimino|US, GB|猎鹿人|4
Halloween|1978|Horror, Thriller|John Carpenter|US|月光光心慌慌|4
Superman|1978|Action, Adventure, Science Fiction|Richard Donner|US, GB|超人|4
Grease|1978|Musical, Romance, Comedy|Randal Kleiser|US|油脂|3
Days of Heaven|1978|Drama, Romance|Terrence Malick|US|天堂之日|3
Dawn of the Dead|1978|Horror, Action|George A. Romero|US, IT|活死人黎明|3
Midnight Express|1978|Crime, Drama, Biography|Alan Parker|GB, US|午夜快车|3
Death on the Nile|1978|Mystery, Crime|John Guillermin|GB|尼罗河上的惨案|5
Autumn Sonata|1978|Drama|Ingmar Bergman|SE, DE, FR|秋日奏鸣曲|4
The Tree of Wooden Clogs|1978|Drama, History|Ermanno Olmi|IT, FR|木屐树|2
La Cage aux Folles|1978|Comedy|Édouard Molinaro|FR, IT|一笼傻鸟|2
The 36th Chamber of Shaolin|1978|Action|Lau Kar-leung|HK|少林三十六房|3
Drunken Master|1978|Action, Comedy|Yuen Woo-ping|HK|醉拳|4
The Chant of Jimmie Blacksmith|1978|Drama, History|Fred Schepisi|AU|吉米·布莱克史密斯的圣歌|2
The Herd|1978|Drama|Zeki Ökten, Yılmaz Güney|TR|羊群|2
Apocalypse Now|1979|War, Drama|Francis Ford Coppola|US|现代启示录|5
Alien|1979|Science Fiction, Horror|Ridley Scott|US, GB|异形|5
Manhattan|1979|Comedy, Romance, Drama|Woody Allen|US|曼哈顿|4
Kramer vs. Kramer|1979|Drama|Robert Benton|US|克莱默夫妇|4
All That Jazz|1979|Musical, Drama|Bob Fosse|US|爵士春秋|3
Being There|1979|Comedy, Drama|Hal Ashby|US, DE|富贵逼人来|3
The Warriors|1979|Action, Thriller, Crime|Walter Hill|US|战士帮|3
Mad Max|1979|Action, Science Fiction, Thriller|George Miller|AU|疯狂的麦克斯|4
My Brilliant Career|1979|Drama, Romance|Gillian Armstrong|AU|我的璀璨生涯|2
Monty Python's Life of Brian|1979|Comedy|Terry Jones|GB|万世魔星|3
Tess|1979|Drama, Romance|Roman Polanski|FR, GB|苔丝|4
The Tin Drum|1979|Drama, War, History|Volker Schlöndorff|DE, FR, PL|铁皮鼓|4
The Marriage of Maria Braun|1979|Drama, Romance|Rainer Werner Fassbinder|DE|玛丽娅·布劳恩的婚姻|4
Nosferatu the Vampyre|1979|Horror, Drama|Werner Herzog|DE, FR|诺斯费拉图：夜晚的幽灵|3
Camera Buff|1979|Drama, Comedy|Krzysztof Kieślowski|PL|影迷|3
Stalker|1979|Science Fiction, Drama|Andrei Tarkovsky|SU|潜行者|4
The Castle of Cagliostro|1979|Animation, Adventure, Action|Hayao Miyazaki|JP|鲁邦三世：卡里奥斯特罗城|4
Vengeance Is Mine|1979|Crime, Drama|Shōhei Imamura|JP|我要复仇|3
Nezha Conquers the Dragon King|1979|Animation, Fantasy, Action|Wang Shuchen, Yan Dingxian, Xu Jingda|CN|哪吒闹海|4
Alexandria... Why?|1979|Drama, War|Youssef Chahine|EG|亚历山大为什么|2
`;
