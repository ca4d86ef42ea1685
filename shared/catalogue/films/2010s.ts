// Films of the 2010s, in the notation of rows.ts.
export const films2010s = `
Inception|2010|Science Fiction, Action, Thriller|Christopher Nolan|US, GB|盗梦空间|5
The Social Network|2010|Biography, Drama|David Fincher|US|社交网络|4
Black Swan|2010|Drama, Thriller, Horror|Darren Aronofsky|US|黑天鹅|5
Toy Story 3|2010|Animation, Family, Adventure|Lee Unkrich|US|玩具总动员3|5
Shutter Island|2010|Mystery, Thriller, Drama|Martin Scorsese|US|禁闭岛|5
How to Train Your Dragon|2010|Animation, Fantasy, Family|Dean DeBlois, Chris Sanders|US|驯龙高手|5
True Grit|2010|Western, Drama, Adventure|Joel Coen, Ethan Coen|US|大地惊雷|3
Winter's Bone|2010|Drama, Mystery, Crime|Debra Granik|US|冬天的骨头|3
Blue Valentine|2010|Romance, Drama|Derek Cianfrance|US|蓝色情人节|3
Flipped|2010|Romance, Comedy, Drama|Rob Reiner|US|怦然心动|5
Despicable Me|2010|Animation, Comedy, Family|Pierre Coffin, Chris Renaud|US|神偷奶爸|5
The King's Speech|2010|Biography, Drama, History|Tom Hooper|GB|国王的演讲|4
The Ghost Writer|2010|Thriller, Mystery|Roman Polanski|FR, DE, GB|影子写手|3
Incendies|2010|Drama, Mystery, War|Denis Villeneuve|CA, FR|焦土之城|4
The Illusionist|2010|Animation, Drama|Sylvain Chomet|FR, GB|魔术师|3
Certified Copy|2010|Drama, Romance|Abbas Kiarostami|FR, IT, BE|合法副本|3
Nostalgia for the Light|2010|Documentary|Patricio Guzmán|CL, FR, DE|故乡之光|2
Uncle Boonmee Who Can Recall His Past Lives|2010|Fantasy, Drama|Apichatpong Weerasethakul|TH, GB, FR|能召回前世的布米叔叔|3
Poetry|2010|Drama|Lee Chang-dong|KR|诗|4
Confessions|2010|Thriller, Drama, Crime|Tetsuya Nakashima|JP|告白|5
The Secret World of Arrietty|2010|Animation, Fantasy, Family|Hiromasa Yonebayashi|JP|借东西的小人阿莉埃蒂|4
Let the Bullets Fly|2010|Comedy, Action, Crime|Jiang Wen|CN, HK|让子弹飞|5
Aftershock|2010|Drama, History|Feng Xiaogang|CN|唐山大地震|4
The Piano in a Factory|2010|Comedy, Drama|Zhang Meng|CN|钢的琴|4
Exit Through the Gift Shop|2010|Documentary, Comedy|Banksy|GB|画廊外的天赋|3
Harry Potter and the Deathly Hallows: Part 2|2011|Fantasy, Adventure|David Yates|GB, US|哈利·波特与死亡圣器(下)|5
Drive|2011|Crime, Thriller, Drama|Nicolas Winding Refn|US|亡命驾驶|4
Midnight in Paris|2011|Romance, Comedy, Fantasy|Woody Allen|US, ES|午夜巴黎|4
The Tree of Life|2011|Drama|Terrence Malick|US|生命之树|3
Moneyball|2011|Biography, Sport, Drama|Bennett Miller|US|点球成金|4
Hugo|2011|Adventure, Family, Drama|Martin Scorsese|US, GB|雨果|3
Source Code|2011|Science Fiction, Thriller, Action|Duncan Jones|US, CA|源代码|5
Rise of the Planet of the Apes|2011|Science Fiction, Action, Drama|Rupert Wyatt|US|猩球崛起|4
Bridesmaids|2011|Comedy, Romance|Paul Feig|US|伴娘|3
Contagion|2011|Thriller, Drama, Science Fiction|Steven Soderbergh|US|传染病|3
Tinker Tailor Soldier Spy|2011|Thriller, Mystery, Drama|Tomas Alfredson|GB, FR, DE|锅匠，裁缝，士兵，间谍|3
The Artist|2011|Romance, Comedy, Drama|Michel Hazanavicius|FR, BE|艺术家|3
The Intouchables|2011|Comedy, Drama|Olivier Nakache, Éric Toledano|FR|触不可及|5
Melancholia|2011|Drama, Science Fiction|Lars von Trier|DK, SE, FR|忧郁症|4
Le Havre|2011|Comedy, Drama|Aki Kaurismäki|FI, FR, DE|勒阿弗尔|3
Oslo, August 31st|2011|Drama|Joachim Trier|NO|奥斯陆，8月31日|3
The Skin I Live In|2011|Thriller, Drama, Horror|Pedro Almodóvar|ES|吾栖之肤|4
The Kid with a Bike|2011|Drama|Luc Dardenne, Jean-Pierre Dardenne|BE, FR, IT|单车少年|3
The Turin Horse|2011|Drama|Béla Tarr, Ágnes Hranitzky|HU, FR, DE|都灵之马|3
Pina|2011|Documentary, Musical|Wim Wenders|DE, FR|皮娜|3
A Separation|2011|Drama|Asghar Farhadi|IR|一次别离|5
Once Upon a Time in Anatolia|2011|Crime, Drama|Nuri Bilge Ceylan|TR, BA|安纳托利亚往事|3
Silenced|2011|Drama|Hwang Dong-hyuk|KR|熔炉|5
Sunny|2011|Comedy, Drama|Kang Hyeong-cheol|KR|阳光姐妹淘|4
A Simple Life|2011|Drama|Ann Hui|HK|桃姐|4
You Are the Apple of My Eye|2011|Romance, Comedy, Drama|Giddens Ko|TW|那些年，我们一起追的女孩|5
Warriors of the Rainbow: Seediq Bale|2011|War, Drama, History|Wei Te-sheng|TW|赛德克·巴莱|4
The Raid|2011|Action, Thriller, Crime|Gareth Evans|ID|突袭|3
The Avengers|2012|Action, Science Fiction|Joss Whedon|US|复仇者联盟|5
The Dark Knight Rises|2012|Action, Crime, Thriller|Christopher Nolan|US, GB|蝙蝠侠：黑暗骑士崛起|5
Django Unchained|2012|Western, Drama|Quentin Tarantino|US|被解救的姜戈|5
Life of Pi|2012|Adventure, Drama, Fantasy|Ang Lee|US, TW, GB|少年派的奇幻漂流|5
Argo|2012|Thriller, History, Drama|Ben Affleck|US|逃离德黑兰|3
Silver Linings Playbook|2012|Romance, Comedy, Drama|David O. Russell|US|乌云背后的幸福线|4
Moonrise Kingdom|2012|Comedy, Romance, Adventure|Wes Anderson|US|月升王国|4
The Master|2012|Drama|Paul Thomas Anderson|US|大师|3
Lincoln|2012|Biography, History, Drama|Steven Spielberg|US|林肯|3
Looper|2012|Science Fiction, Action, Thriller|Rian Johnson|US, CN|环形使者|4
The Hunger Games|2012|Science Fiction, Adventure, Action|Gary Ross|US|饥饿游戏|4
The Perks of Being a Wallflower|2012|Drama, Romance|Stephen Chbosky|US|壁花少年|5
Wreck-It Ralph|2012|Animation, Comedy, Family|Rich Moore|US|无敌破坏王|4
Cloud Atlas|2012|Science Fiction, Drama, Mystery|Tom Tykwer, Lana Wachowski, Lilly Wachowski|DE, US|云图|5
Frances Ha|2012|Comedy, Drama|Noah Baumbach|US|弗兰西丝·哈|4
Searching for Sugar Man|2012|Documentary, Biography|Malik Bendjelloul|SE, GB|寻找小糖人|4
Skyfall|2012|Action, Thriller, Adventure|Sam Mendes|GB, US|007：大破天幕杀机|4
Les Misérables|2012|Musical, Drama, History|Tom Hooper|GB, US|悲惨世界|4
Amour|2012|Drama, Romance|Michael Haneke|AT, FR, DE|爱|4
Holy Motors|2012|Drama, Fantasy|Leos Carax|FR, DE|神圣车行|3
Laurence Anyways|2012|Drama, Romance|Xavier Dolan|CA, FR|双面劳伦斯|4
The Hunt|2012|Drama|Thomas Vinterberg|DK, SE|狩猎|4
A Royal Affair|2012|History, Romance, Drama|Nikolaj Arcel|DK, SE, CZ|皇室风流史|3
Tabu|2012|Drama, Romance|Miguel Gomes|PT, DE, BR|禁忌|2
No|2012|Drama, History|Pablo Larraín|CL, FR, MX|智利说不|2
Wadjda|2012|Drama, Comedy|Haifaa al-Mansour|SA, DE|瓦嘉达|3
The Act of Killing|2012|Documentary, History|Joshua Oppenheimer|DK, NO, GB|杀戮演绎|3
Pieta|2012|Drama, Crime, Thriller|Kim Ki-duk|KR|圣殇|3
Wolf Children|2012|Animation, Fantasy, Family|Mamoru Hosoda|JP|狼的孩子雨和雪|5
Drug War|2012|Crime, Action, Thriller|Johnnie To|CN, HK|毒战|4
Gravity|2013|Science Fiction, Thriller|Alfonso Cuarón|US, GB|地心引力|4
12 Years a Slave|2013|Biography, History, Drama|Steve McQueen|US, GB|为奴十二年|4
The Wolf of Wall Street|2013|Biography, Comedy, Crime|Martin Scorsese|US|华尔街之狼|5
Her|2013|Romance, Science Fiction, Drama|Spike Jonze|US|她|5
Frozen|2013|Animation, Musical, Family|Chris Buck, Jennifer Lee|US|冰雪奇缘|5
Dallas Buyers Club|2013|Biography, Drama|Jean-Marc Vallée|US|达拉斯买家俱乐部|4
Prisoners|2013|Crime, Thriller, Mystery|Denis Villeneuve|US|囚徒|4
Before Midnight|2013|Romance, Drama|Richard Linklater|US, GR|爱在午夜降临前|4
Inside Llewyn Davis|2013|Drama, Comedy|Joel Coen, Ethan Coen|US, GB, FR|醉乡民谣|4
The Conjuring|2013|Horror, Mystery|James Wan|US|招魂|4
The Secret Life of Walter Mitty|2013|Adventure, Comedy, Drama|Ben Stiller|US|白日梦想家|4
Coherence|2013|Science Fiction, Mystery, Thriller|James Ward Byrkit|US|彗星来的那一夜|4
About Time|2013|Romance, Comedy, Fantasy|Richard Curtis|GB|时空恋旅人|5
Under the Skin|2013|Science Fiction, Horror, Drama|Jonathan Glazer|GB|皮囊之下|3
Blue Is the Warmest Colour|2013|Romance, Drama|Abdellatif Kechiche|FR, BE, ES|阿黛尔的生活|4
The Great Beauty|2013|Drama, Comedy|Paolo Sorrentino|IT, FR|绝美之城|4
Ida|2013|Drama|Paweł Pawlikowski|PL, DK, FR|修女艾达|3
Omar|2013|Drama, Thriller|Hany Abu-Assad|PS|奥玛|2
The Missing Picture|2013|Documentary, History|Rithy Panh|KH, FR|残缺影像|2
Ilo Ilo|2013|Drama|Anthony Chen|SG|爸妈不在家|3
Tangerines|2013|War, Drama|Zaza Urushadze|EE, GE|金橘|3
Snowpiercer|2013|Science Fiction, Action, Drama|Bong Joon-ho|KR, CZ|雪国列车|4
The Attorney|2013|Drama|Yang Woo-suk|KR|辩护人|5
Hope|2013|Drama|Lee Joon-ik|KR|素媛|5
Miracle in Cell No. 7|2013|Comedy, Drama|Lee Hwan-kyung|KR|七号房的礼物|5
New World|2013|Crime, Thriller, Drama|Park Hoon-jung|KR|新世界|4
The Wind Rises|2013|Animation, Biography, Romance|Hayao Miyazaki|JP|起风了|4
The Tale of the Princess Kaguya|2013|Animation, Fantasy, Drama|Isao Takahata|JP|辉夜姬物语|4
Like Father, Like Son|2013|Drama|Hirokazu Kore-eda|JP|如父如子|4
A Touch of Sin|2013|Drama, Crime|Jia Zhangke|CN, JP, FR|天注定|4
No Man's Land|2013|Crime, Thriller, Comedy|Ning Hao|CN|无人区|4
The Grandmaster|2013|Action, Drama, Biography|Wong Kar-wai|HK, CN|一代宗师|4
The Lunchbox|2013|Drama, Romance|Ritesh Batra|IN, FR, DE|午餐盒|3
Interstellar|2014|Science Fiction, Adventure, Drama|Christopher Nolan|US, GB|星际穿越|5
The Grand Budapest Hotel|2014|Comedy, Adventure, Crime|Wes Anderson|US, DE|布达佩斯大饭店|5
Whiplash|2014|Drama|Damien Chazelle|US|爆裂鼓手|5
Gone Girl|2014|Thriller, Mystery, Crime|David Fincher|US|消失的爱人|5
Birdman|2014|Comedy, Drama|Alejandro González Iñárritu|US|鸟人|4
Boyhood|2014|Drama|Richard Linklater|US|少年时代|4
Nightcrawler|2014|Crime, Thriller, Drama|Dan Gilroy|US|夜行者|4
Guardians of the Galaxy|2014|Science Fiction, Action, Comedy|James Gunn|US|银河护卫队|4
Edge of Tomorrow|2014|Science Fiction, Action|Doug Liman|US|明日边缘|4
Big Hero 6|2014|Animation, Action, Family|Don Hall, Chris Williams|US|超能陆战队|5
John Wick|2014|Action, Crime, Thriller|Chad Stahelski|US|疾速追杀|4
Predestination|2014|Science Fiction, Thriller, Mystery|Michael Spierig, Peter Spierig|AU|前目的地|4
The Babadook|2014|Horror, Drama|Jennifer Kent|AU|巴巴杜|3
What We Do in the Shadows|2014|Comedy, Horror|Jemaine Clement, Taika Waititi|NZ|吸血鬼生活|3
The Imitation Game|2014|Biography, Drama, Thriller|Morten Tyldum|GB, US|模仿游戏|5
The Theory of Everything|2014|Biography, Romance, Drama|James Marsh|GB|万物理论|4
Ex Machina|2014|Science Fiction, Drama, Thriller|Alex Garland|GB|机械姬|4
Paddington|2014|Family, Comedy, Adventure|Paul King|GB, FR|帕丁顿熊|4
Kingsman: The Secret Service|2014|Action, Comedy, Adventure|Matthew Vaughn|GB, US|王牌特工：特工学院|5
Song of the Sea|2014|Animation, Fantasy, Family|Tomm Moore|IE, BE, DK|海洋之歌|4
Mommy|2014|Drama|Xavier Dolan|CA|妈咪|4
Two Days, One Night|2014|Drama|Luc Dardenne, Jean-Pierre Dardenne|BE, FR, IT|两天一夜|3
Timbuktu|2014|Drama|Abderrahmane Sissako|MR, FR|廷巴克图|2
Winter Sleep|2014|Drama|Nuri Bilge Ceylan|TR, FR, DE|冬眠|3
Leviathan|2014|Drama, Crime|Andrey Zvyagintsev|RU|利维坦|3
The Tribe|2014|Drama, Crime|Myroslav Slaboshpytskyi|UA|过界男女|3
Force Majeure|2014|Drama, Comedy|Ruben Östlund|SE, FR, NO|游客|3
Wild Tales|2014|Comedy, Drama, Thriller|Damián Szifron|AR, ES|荒蛮故事|5
Black Coal, Thin Ice|2014|Crime, Mystery, Drama|Diao Yinan|CN, HK|白日焰火|4
Dearest|2014|Drama|Peter Chan|CN, HK|亲爱的|4
When Marnie Was There|2014|Animation, Drama, Family|Hiromasa Yonebayashi|JP|回忆中的玛妮|4
PK|2014|Comedy, Drama, Science Fiction|Rajkumar Hirani|IN|我的个神啊|4
The Salt of the Earth|2014|Documentary, Biography|Wim Wenders, Juliano Ribeiro Salgado|FR, BR, IT|地球之盐|3
Mad Max: Fury Road|2015|Action, Science Fiction, Adventure|George Miller|AU, US|疯狂的麦克斯：狂暴之路|5
The Revenant|2015|Adventure, Drama, Western|Alejandro González Iñárritu|US|荒野猎人|4
Spotlight|2015|Drama, Crime, History|Tom McCarthy|US|聚焦|4
The Martian|2015|Science Fiction, Adventure, Drama|Ridley Scott|US, GB|火星救援|5
Inside Out|2015|Animation, Family, Comedy|Pete Docter|US|头脑特工队|5
The Big Short|2015|Biography, Comedy, Drama|Adam McKay|US|大空头|4
Star Wars: The Force Awakens|2015|Science Fiction, Adventure, Action|J. J. Abrams|US|星球大战：原力觉醒|4
Carol|2015|Romance, Drama|Todd Haynes|US, GB|卡罗尔|4
The Hateful Eight|2015|Western, Mystery, Thriller|Quentin Tarantino|US|八恶人|4
Sicario|2015|Crime, Thriller, Action|Denis Villeneuve|US|边境杀手|4
Room|2015|Drama, Thriller|Lenny Abrahamson|IE, CA, GB|房间|4
Brooklyn|2015|Romance, Drama|John Crowley|IE, GB, CA|布鲁克林|3
The Lobster|2015|Comedy, Drama, Romance|Yorgos Lanthimos|IE, GB, GR|龙虾|4
The Brand New Testament|2015|Comedy, Fantasy|Jaco Van Dormael|BE, FR, LU|超新约全书|4
Mustang|2015|Drama|Deniz Gamze Ergüven|FR, TR, DE|野马|3
Son of Saul|2015|War, Drama, History|László Nemes|HU|索尔之子|3
Land of Mine|2015|War, Drama, History|Martin Zandvliet|DK, DE|地雷区|4
Rams|2015|Drama, Comedy|Grímur Hákonarson|IS, DK|公羊|3
A Man Called Ove|2015|Comedy, Drama|Hannes Holm|SE|一个叫欧维的男人决定去死|4
Victoria|2015|Crime, Thriller, Drama|Sebastian Schipper|DE|维多利亚|3
Look Who's Back|2015|Comedy|David Wnendt|DE|希特勒回来了|4
Embrace of the Serpent|2015|Adventure, Drama|Ciro Guerra|CO, VE, AR|蛇之拥抱|3
Taxi|2015|Comedy, Drama|Jafar Panahi|IR|出租车|3
The Assassin|2015|Drama, Action|Hou Hsiao-hsien|TW, CN, HK|刺客聂隐娘|4
Mountains May Depart|2015|Drama|Jia Zhangke|CN, FR, JP|山河故人|4
Kaili Blues|2015|Drama, Mystery|Bi Gan|CN|路边野餐|4
Monkey King: Hero Is Back|2015|Animation, Action, Fantasy|Tian Xiaopeng|CN|西游记之大圣归来|5
Goodbye Mr. Loser|2015|Comedy, Fantasy|Yan Fei, Peng Damo|CN|夏洛特烦恼|5
The Dead End|2015|Crime, Drama, Mystery|Cao Baoping|CN|烈日灼心|4
Port of Call|2015|Crime, Drama|Philip Yung|HK|踏血寻梅|4
Our Little Sister|2015|Drama|Hirokazu Kore-eda|JP|海街日记|4
Happy Hour|2015|Drama|Ryusuke Hamaguchi|JP|欢乐时光|3
Right Now, Wrong Then|2015|Drama, Romance|Hong Sang-soo|KR|这时对那时错|3
Bajrangi Bhaijaan|2015|Comedy, Drama, Adventure|Kabir Khan|IN|小萝莉的猴神大叔|4
Moonlight|2016|Drama|Barry Jenkins|US|月光男孩|4
La La Land|2016|Musical, Romance, Drama|Damien Chazelle|US|爱乐之城|5
Manchester by the Sea|2016|Drama|Kenneth Lonergan|US|海边的曼彻斯特|4
Arrival|2016|Science Fiction, Drama, Mystery|Denis Villeneuve|US|降临|5
Zootopia|2016|Animation, Comedy, Family|Byron Howard, Rich Moore|US|疯狂动物城|5
Moana|2016|Animation, Musical, Adventure|Ron Clements, John Musker|US|海洋奇缘|4
Hacksaw Ridge|2016|War, Biography, Drama|Mel Gibson|US, AU|血战钢锯岭|5
Rogue One: A Star Wars Story|2016|Science Fiction, Action, Adventure|Gareth Edwards|US|侠盗一号：星球大战外传|4
Paterson|2016|Drama, Comedy, Romance|Jim Jarmusch|US|帕特森|4
Silence|2016|Drama, History|Martin Scorsese|US, TW, MX|沉默|3
Hunt for the Wilderpeople|2016|Comedy, Adventure, Drama|Taika Waititi|NZ|追捕野蛮人|3
I, Daniel Blake|2016|Drama|Ken Loach|GB, FR|我是布莱克|4
Sing Street|2016|Musical, Comedy, Romance|John Carney|IE, GB|初恋这首情歌|4
Elle|2016|Thriller, Drama|Paul Verhoeven|FR, DE, BE|她|3
My Life as a Courgette|2016|Animation, Drama, Family|Claude Barras|CH, FR|西葫芦的生活|3
The Red Turtle|2016|Animation, Fantasy, Drama|Michaël Dudok de Wit|FR, BE, JP|红海龟|4
Toni Erdmann|2016|Comedy, Drama|Maren Ade|DE, AT|托尼·厄德曼|4
The Invisible Guest|2016|Mystery, Thriller, Crime|Oriol Paulo|ES|看不见的客人|5
Perfect Strangers|2016|Comedy, Drama|Paolo Genovese|IT|完美陌生人|5
Aquarius|2016|Drama|Kleber Mendonça Filho|BR, FR|水瓶座|2
The Salesman|2016|Drama, Thriller|Asghar Farhadi|IR, FR|推销员|4
Clash|2016|Drama, Thriller|Mohamed Diab|EG, FR|冲突|2
The Handmaiden|2016|Thriller, Romance, Drama|Park Chan-wook|KR|小姐|5
Train to Busan|2016|Horror, Action, Thriller|Yeon Sang-ho|KR|釜山行|5
The Wailing|2016|Horror, Mystery, Thriller|Na Hong-jin|KR|哭声|4
Your Name.|2016|Animation, Romance, Fantasy|Makoto Shinkai|JP|你的名字。|5
A Silent Voice|2016|Animation, Drama, Romance|Naoko Yamada|JP|声之形|4
In This Corner of the World|2016|Animation, War, Drama|Sunao Katabuchi|JP|在这世界的角落|4
Shin Godzilla|2016|Science Fiction, Action, Horror|Hideaki Anno, Shinji Higuchi|JP|新·哥斯拉|3
Big Fish & Begonia|2016|Animation, Fantasy, Romance|Liang Xuan, Zhang Chun|CN|大鱼海棠|4
I Am Not Madame Bovary|2016|Comedy, Drama|Feng Xiaogang|CN|我不是潘金莲|4
Soul Mate|2016|Drama, Romance|Derek Tsang|CN, HK|七月与安生|4
Dangal|2016|Sport, Biography, Drama|Nitesh Tiwari|IN|摔跤吧！爸爸|5
The Woman Who Left|2016|Drama|Lav Diaz|PH|离开的女人|2
Get Out|2017|Horror, Thriller, Mystery|Jordan Peele|US|逃出绝命镇|4
Dunkirk|2017|War, Drama, History|Christopher Nolan|GB, US|敦刻尔克|4
Blade Runner 2049|2017|Science Fiction, Mystery, Drama|Denis Villeneuve|US, GB, CA|银翼杀手2049|4
Lady Bird|2017|Comedy, Drama|Greta Gerwig|US|伯德小姐|4
The Shape of Water|2017|Fantasy, Romance, Drama|Guillermo del Toro|US|水形物语|4
Three Billboards Outside Ebbing, Missouri|2017|Crime, Drama, Comedy|Martin McDonagh|US, GB|三块广告牌|5
Coco|2017|Animation, Family, Fantasy|Lee Unkrich|US|寻梦环游记|5
Logan|2017|Action, Science Fiction, Drama|James Mangold|US|金刚狼3：殊死一战|4
Wonder Woman|2017|Action, Fantasy, Adventure|Patty Jenkins|US|神奇女侠|4
Phantom Thread|2017|Drama, Romance|Paul Thomas Anderson|US, GB|魅影缝匠|3
The Florida Project|2017|Drama|Sean Baker|US|佛罗里达乐园|3
Baby Driver|2017|Action, Crime, Thriller|Edgar Wright|GB, US|极盗车神|4
Wonder|2017|Drama, Family|Stephen Chbosky|US|奇迹男孩|5
Loving Vincent|2017|Animation, Biography, Mystery|Dorota Kobiela, Hugh Welchman|PL, GB|至爱梵高·星空之谜|5
Paddington 2|2017|Family, Comedy, Adventure|Paul King|GB, FR|帕丁顿熊2|4
The Killing of a Sacred Deer|2017|Horror, Drama, Thriller|Yorgos Lanthimos|IE, GB|圣鹿之死|4
The Breadwinner|2017|Animation, Drama, Family|Nora Twomey|IE, CA, LU|养家之人|3
Call Me by Your Name|2017|Romance, Drama|Luca Guadagnino|IT, FR, US|请以你的名字呼唤我|5
Faces Places|2017|Documentary|Agnès Varda, JR|FR|脸庞，村庄|4
Zama|2017|Drama, History|Lucrecia Martel|AR, BR, ES|扎马|2
A Fantastic Woman|2017|Drama|Sebastián Lelio|CL, DE, ES|普通女人|3
The Square|2017|Comedy, Drama|Ruben Östlund|SE, DE, FR|自由广场|3
Loveless|2017|Drama, Mystery|Andrey Zvyagintsev|RU, FR, DE|无爱可诉|3
On Body and Soul|2017|Romance, Drama, Fantasy|Ildikó Enyedi|HU|肉与灵|4
The Insult|2017|Drama|Ziad Doueiri|LB, FR, BE|羞辱|3
A Taxi Driver|2017|Drama, History, Action|Jang Hoon|KR|出租车司机|5
1987: When the Day Comes|2017|Drama, History, Thriller|Jang Joon-hwan|KR|1987：黎明到来的那一天|4
One Cut of the Dead|2017|Comedy, Horror|Shinichiro Ueda|JP|摄影机不要停！|4
Night Is Short, Walk On Girl|2017|Animation, Comedy, Romance|Masaaki Yuasa|JP|春宵苦短，少女前进吧！|4
Wolf Warrior 2|2017|Action, War|Wu Jing|CN|战狼2|4
Angels Wear White|2017|Drama|Vivian Qu|CN|嘉年华|4
The Great Buddha+|2017|Comedy, Drama|Huang Hsin-yao|TW|大佛普拉斯|4
The Bold, the Corrupt, and the Beautiful|2017|Drama, Crime|Yang Ya-che|TW|血观音|4
Bad Genius|2017|Thriller, Comedy, Crime|Nattawut Poonpiriya|TH|天才枪手|4
Black Panther|2018|Action, Science Fiction|Ryan Coogler|US|黑豹|4
Avengers: Infinity War|2018|Action, Science Fiction|Anthony Russo, Joe Russo|US|复仇者联盟3：无限战争|5
Spider-Man: Into the Spider-Verse|2018|Animation, Action, Science Fiction|Bob Persichetti, Peter Ramsey, Rodney Rothman|US|蜘蛛侠：平行宇宙|5
Green Book|2018|Drama, Comedy, Biography|Peter Farrelly|US|绿皮书|5
BlacKkKlansman|2018|Crime, Comedy, Drama|Spike Lee|US|黑色党徒|3
Hereditary|2018|Horror, Mystery, Drama|Ari Aster|US|遗传厄运|4
A Quiet Place|2018|Horror, Science Fiction, Drama|John Krasinski|US|寂静之地|4
Isle of Dogs|2018|Animation, Comedy, Adventure|Wes Anderson|US, DE|犬之岛|4
Ready Player One|2018|Science Fiction, Action, Adventure|Steven Spielberg|US|头号玩家|5
Searching|2018|Thriller, Mystery, Drama|Aneesh Chaganty|US|网络谜踪|4
Bohemian Rhapsody|2018|Biography, Musical, Drama|Bryan Singer|GB, US|波西米亚狂想曲|4
The Favourite|2018|Comedy, History, Drama|Yorgos Lanthimos|GB, IE, US|宠儿|3
Cold War|2018|Romance, Drama, Musical|Paweł Pawlikowski|PL, GB, FR|冷战|4
Roma|2018|Drama|Alfonso Cuarón|MX, US|罗马|4
Border|2018|Fantasy, Drama, Romance|Ali Abbasi|SE, DK|边境|3
Happy as Lazzaro|2018|Drama, Fantasy|Alice Rohrwacher|IT, CH, FR|幸福的拉扎罗|4
Birds of Passage|2018|Crime, Drama|Cristina Gallego, Ciro Guerra|CO, DK, MX|候鸟|2
Woman at War|2018|Comedy, Drama, Thriller|Benedikt Erlingsson|IS, FR, UA|女人在战争|2
Capernaum|2018|Drama|Nadine Labaki|LB, FR|何以为家|5
Burning|2018|Mystery, Drama, Thriller|Lee Chang-dong|KR|燃烧|4
House of Hummingbird|2018|Drama|Kim Bora|KR|蜂鸟|4
Shoplifters|2018|Drama, Crime|Hirokazu Kore-eda|JP|小偷家族|5
Dying to Survive|2018|Drama, Comedy|Wen Muye|CN|我不是药神|5
Ash Is Purest White|2018|Drama, Crime, Romance|Jia Zhangke|CN, FR, JP|江湖儿女|4
Long Day's Journey into Night|2018|Mystery, Drama, Romance|Bi Gan|CN, FR|地球最后的夜晚|4
An Elephant Sitting Still|2018|Drama|Hu Bo|CN|大象席地而坐|4
Project Gutenberg|2018|Crime, Action, Thriller|Felix Chong|HK, CN|无双|4
Andhadhun|2018|Thriller, Comedy, Crime|Sriram Raghavan|IN|调音师|4
Parasite|2019|Thriller, Drama, Comedy|Bong Joon-ho|KR|寄生虫|5
Joker|2019|Crime, Drama, Thriller|Todd Phillips|US|小丑|5
Avengers: Endgame|2019|Action, Science Fiction|Anthony Russo, Joe Russo|US|复仇者联盟4：终局之战|5
Once Upon a Time in Hollywood|2019|Comedy, Drama|Quentin Tarantino|US|好莱坞往事|4
1917|2019|War, Drama|Sam Mendes|GB, US|1917|4
Marriage Story|2019|Drama, Romance|Noah Baumbach|US|婚姻故事|4
Little Women|2019|Drama, Romance|Greta Gerwig|US|小妇人|4
Jojo Rabbit|2019|Comedy, War, Drama|Taika Waititi|NZ, US|乔乔的异想世界|4
The Irishman|2019|Crime, Drama, Biography|Martin Scorsese|US|爱尔兰人|3
Knives Out|2019|Mystery, Comedy, Crime|Rian Johnson|US|利刃出鞘|4
Ford v Ferrari|2019|Sport, Drama, Biography|James Mangold|US|极速车王|4
Midsommar|2019|Horror, Drama, Mystery|Ari Aster|US, SE|仲夏夜惊魂|4
Uncut Gems|2019|Crime, Thriller, Drama|Josh Safdie, Benny Safdie|US|原钻|3
The Lighthouse|2019|Horror, Drama, Fantasy|Robert Eggers|US, CA|灯塔|3
The Farewell|2019|Comedy, Drama|Lulu Wang|US|别告诉她|3
Klaus|2019|Animation, Family, Comedy|Sergio Pablos|ES, US|克劳斯：圣诞节的秘密|4
For Sama|2019|Documentary, War|Waad al-Kateab, Edward Watts|GB, US|献给萨玛|3
Portrait of a Lady on Fire|2019|Romance, Drama|Céline Sciamma|FR|燃烧女子的肖像|4
Atlantics|2019|Drama, Romance, Mystery|Mati Diop|SN, FR, BE|大西洋|2
Pain and Glory|2019|Drama|Pedro Almodóvar|ES|痛苦与荣耀|4
Honeyland|2019|Documentary|Tamara Kotevska, Ljubomir Stefanov|MK|蜂蜜之地|4
And Then We Danced|2019|Romance, Drama|Levan Akin|SE, GE, FR|然后我们跳了舞|3
Corpus Christi|2019|Drama|Jan Komasa|PL, FR|基督圣体|3
The Painted Bird|2019|War, Drama|Václav Marhoul|CZ, SK, UA|被涂污的鸟|3
Beanpole|2019|Drama, War|Kantemir Balagov|RU|高个儿|3
Bacurau|2019|Mystery, Western, Thriller|Kleber Mendonça Filho, Juliano Dornelles|BR, FR|巴克劳|3
La Llorona|2019|Horror, Drama|Jayro Bustamante|GT, FR|哭泣的女人|2
It Must Be Heaven|2019|Comedy, Drama|Elia Suleiman|PS, FR, CA|必是天堂|3
The Boy Who Harnessed the Wind|2019|Drama, Biography|Chiwetel Ejiofor|GB, MW|驭风男孩|3
Kim Ji-young: Born 1982|2019|Drama|Kim Do-young|KR|82年生的金智英|4
The Wandering Earth|2019|Science Fiction, Action, Adventure|Frant Gwo|CN|流浪地球|5
Ne Zha|2019|Animation, Fantasy, Action|Jiaozi|CN|哪吒之魔童降世|5
Better Days|2019|Drama, Crime, Romance|Derek Tsang|CN, HK|少年的你|5
So Long, My Son|2019|Drama|Wang Xiaoshuai|CN|地久天长|4
The Wild Goose Lake|2019|Crime, Drama, Thriller|Diao Yinan|CN, FR|南方车站的聚会|4
A Sun|2019|Drama, Crime|Chung Mong-hong|TW|阳光普照|4
Detention|2019|Horror, Mystery, Drama|John Hsu|TW|返校|3
First Cow|2019|Drama, Western|Kelly Reichardt|US|第一头牛|3
My Prince Edward|2019|Drama, Romance|Norris Wong|HK|金都|3
Lunana: A Yak in the Classroom|2019|Drama, Family|Pawo Choyning Dorji|BT|教室里的牦牛|3
`;
