// Films of the 2000s, in the notation of rows.ts.
export const films2000s = `
Gladiator|2000|Action, Drama, History|Ridley Scott|US, GB|角斗士|5
Memento|2000|Mystery, Thriller|Christopher Nolan|US|记忆碎片|4
Requiem for a Dream|2000|Drama|Darren Aronofsky|US|梦之安魂曲|4
Almost Famous|2000|Drama, Comedy|Cameron Crowe|US|几近成名|3
Cast Away|2000|Adventure, Drama|Robert Zemeckis|US|荒岛余生|4
Traffic|2000|Crime, Drama, Thriller|Steven Soderbergh|US|毒品网络|3
Erin Brockovich|2000|Drama, Biography|Steven Soderbergh|US|永不妥协|4
American Psycho|2000|Crime, Horror, Drama|Mary Harron|US, CA|美国精神病人|4
X-Men|2000|Action, Science Fiction|Bryan Singer|US|X战警|4
O Brother, Where Art Thou?|2000|Comedy, Crime, Adventure|Joel Coen, Ethan Coen|US, GB, FR|逃狱三王|3
Chicken Run|2000|Animation, Comedy, Adventure|Peter Lord, Nick Park|GB, US|小鸡快跑|4
Billy Elliot|2000|Drama, Comedy|Stephen Daldry|GB, FR|跳出我天地|4
Snatch|2000|Crime, Comedy|Guy Ritchie|GB, US|偷拐抢骗|4
Dancer in the Dark|2000|Drama, Musical, Crime|Lars von Trier|DK, SE, FR|黑暗中的舞者|4
In the Mood for Love|2000|Romance, Drama|Wong Kar-wai|HK, FR|花样年华|5
Crouching Tiger, Hidden Dragon|2000|Action, Romance, Drama|Ang Lee|TW, HK, CN|卧虎藏龙|5
Yi Yi|2000|Drama|Edward Yang|TW, JP|一一|4
Devils on the Doorstep|2000|War, Drama, Comedy|Jiang Wen|CN|鬼子来了|4
Platform|2000|Drama|Jia Zhangke|CN, HK, JP|站台|3
Suzhou River|2000|Drama, Romance, Mystery|Lou Ye|CN, DE|苏州河|3
Battle Royale|2000|Action, Thriller, Drama|Kinji Fukasaku|JP|大逃杀|4
Joint Security Area|2000|Thriller, Mystery, Drama|Park Chan-wook|KR|共同警备区|3
Amores Perros|2000|Drama, Crime, Thriller|Alejandro González Iñárritu|MX|爱情是狗娘|4
Nine Queens|2000|Crime, Thriller|Fabián Bielinsky|AR|九个女王|2
Malèna|2000|Drama, Romance, War|Giuseppe Tornatore|IT, US|西西里的美丽传说|5
A Time for Drunken Horses|2000|Drama, War|Bahman Ghobadi|IR|醉马时刻|2
Werckmeister Harmonies|2000|Drama, Mystery|Béla Tarr|HU, DE, FR|鲸鱼马戏团|3
Songs from the Second Floor|2000|Comedy, Drama|Roy Andersson|SE|二楼传来的歌声|3
The Gleaners and I|2000|Documentary|Agnès Varda|FR|拾穗者|2
The Lord of the Rings: The Fellowship of the Ring|2001|Fantasy, Adventure, Action|Peter Jackson|NZ, US|指环王1：护戒使者|5
Harry Potter and the Philosopher's Stone|2001|Fantasy, Family, Adventure|Chris Columbus|GB, US|哈利·波特与魔法石|5
Shrek|2001|Animation, Comedy, Family|Andrew Adamson, Vicky Jenson|US|怪物史瑞克|5
Monsters, Inc.|2001|Animation, Comedy, Family|Pete Docter|US|怪兽电力公司|5
Mulholland Drive|2001|Mystery, Thriller, Drama|David Lynch|US, FR|穆赫兰道|4
A Beautiful Mind|2001|Biography, Drama|Ron Howard|US|美丽心灵|5
Donnie Darko|2001|Science Fiction, Drama, Mystery|Richard Kelly|US|死亡幻觉|4
The Royal Tenenbaums|2001|Comedy, Drama|Wes Anderson|US|天才一族|3
Ocean's Eleven|2001|Crime, Thriller|Steven Soderbergh|US|十一罗汉|4
Moulin Rouge!|2001|Musical, Romance, Drama|Baz Luhrmann|AU, US|红磨坊|4
Black Hawk Down|2001|War, Action, Drama|Ridley Scott|US, GB|黑鹰坠落|4
Training Day|2001|Crime, Thriller, Drama|Antoine Fuqua|US|训练日|3
A.I. Artificial Intelligence|2001|Science Fiction, Drama|Steven Spielberg|US|人工智能|4
Pearl Harbor|2001|War, Romance, Drama|Michael Bay|US|珍珠港|4
The Others|2001|Horror, Mystery, Thriller|Alejandro Amenábar|ES, US|小岛惊魂|4
I Am Sam|2001|Drama|Jessie Nelson|US|我是山姆|4
The Fast and the Furious|2001|Action, Crime, Thriller|Rob Cohen|US|速度与激情|4
Hedwig and the Angry Inch|2001|Musical, Comedy, Drama|John Cameron Mitchell|US|摇滚芭比|3
Gosford Park|2001|Mystery, Comedy, Drama|Robert Altman|GB, US|高斯福德庄园|3
Bridget Jones's Diary|2001|Romance, Comedy|Sharon Maguire|GB, US|BJ单身日记|4
Amélie|2001|Romance, Comedy|Jean-Pierre Jeunet|FR, DE|天使爱美丽|5
The Piano Teacher|2001|Drama|Michael Haneke|AT, FR, DE|钢琴教师|4
No Man's Land|2001|War, Drama|Danis Tanović|BA, SI, FR|无主之地|3
Y Tu Mamá También|2001|Drama, Romance, Adventure|Alfonso Cuarón|MX|你妈妈也一样|3
La Ciénaga|2001|Drama|Lucrecia Martel|AR, FR, ES|沼泽|2
Spirited Away|2001|Animation, Fantasy, Family|Hayao Miyazaki|JP|千与千寻|5
Millennium Actress|2001|Animation, Drama, Romance|Satoshi Kon|JP|千年女优|4
All About Lily Chou-Chou|2001|Drama, Crime|Shunji Iwai|JP|关于莉莉周的一切|3
My Sassy Girl|2001|Romance, Comedy|Kwak Jae-yong|KR|我的野蛮女友|4
Millennium Mambo|2001|Drama, Romance|Hou Hsiao-hsien|TW, FR|千禧曼波|3
Beijing Bicycle|2001|Drama|Wang Xiaoshuai|CN, TW|十七岁的单车|3
Shaolin Soccer|2001|Comedy, Sport, Action|Stephen Chow|HK, CN|少林足球|5
Lagaan|2001|Drama, Musical, Sport|Ashutosh Gowariker|IN|印度往事|3
Monsoon Wedding|2001|Comedy, Drama, Romance|Mira Nair|IN, US, FR|季风婚宴|2
Kandahar|2001|Drama|Mohsen Makhmalbaf|IR, FR|坎大哈|2
Atanarjuat: The Fast Runner|2001|Drama, Adventure, Fantasy|Zacharias Kunuk|CA|冰原快跑人|2
The Lord of the Rings: The Two Towers|2002|Fantasy, Adventure, Action|Peter Jackson|NZ, US|指环王2：双塔奇兵|5
Catch Me If You Can|2002|Biography, Crime, Drama|Steven Spielberg|US|猫鼠游戏|5
Minority Report|2002|Science Fiction, Thriller, Action|Steven Spielberg|US|少数派报告|4
Spider-Man|2002|Action, Adventure, Science Fiction|Sam Raimi|US|蜘蛛侠|5
Chicago|2002|Musical, Crime, Comedy|Rob Marshall|US|芝加哥|4
Gangs of New York|2002|Crime, Drama, History|Martin Scorsese|US, IT|纽约黑帮|3
Adaptation|2002|Comedy, Drama|Spike Jonze|US|改编剧本|3
Punch-Drunk Love|2002|Romance, Comedy, Drama|Paul Thomas Anderson|US|私恋失调|3
The Hours|2002|Drama|Stephen Daldry|US, GB|时时刻刻|4
The Bourne Identity|2002|Action, Thriller, Mystery|Doug Liman|US, DE|谍影重重|4
Ice Age|2002|Animation, Comedy, Adventure|Chris Wedge|US|冰川时代|4
Lilo & Stitch|2002|Animation, Family, Comedy|Chris Sanders, Dean DeBlois|US|星际宝贝|4
Bowling for Columbine|2002|Documentary, Crime|Michael Moore|US, CA, DE|科伦拜校园事件|3
Rabbit-Proof Fence|2002|Drama, Adventure, History|Phillip Noyce|AU|防兔篱笆|3
28 Days Later|2002|Horror, Science Fiction, Thriller|Danny Boyle|GB|惊变28天|4
The Pianist|2002|Biography, War, Drama|Roman Polanski|FR, PL, DE|钢琴家|5
City of God|2002|Crime, Drama|Fernando Meirelles, Kátia Lund|BR, FR|上帝之城|4
Talk to Her|2002|Drama, Romance, Mystery|Pedro Almodóvar|ES|对她说|3
Irréversible|2002|Crime, Drama, Thriller|Gaspar Noé|FR|不可撤销|3
Infernal Affairs|2002|Crime, Thriller, Drama|Andrew Lau, Alan Mak|HK|无间道|5
Hero|2002|Action, Drama|Zhang Yimou|CN, HK|英雄|4
Blue Gate Crossing|2002|Romance, Drama|Yee Chih-yen|TW, FR|蓝色大门|3
The Twilight Samurai|2002|Drama, History, Romance|Yoji Yamada|JP|黄昏的清兵卫|3
Sympathy for Mr. Vengeance|2002|Crime, Drama, Thriller|Park Chan-wook|KR|我要复仇|3
Oasis|2002|Drama, Romance|Lee Chang-dong|KR|绿洲|3
Devdas|2002|Romance, Drama, Musical|Sanjay Leela Bhansali|IN|宝莱坞生死恋|3
Divine Intervention|2002|Comedy, Drama|Elia Suleiman|PS, FR, MA|神的介入|2
The Man Without a Past|2002|Comedy, Drama, Romance|Aki Kaurismäki|FI, DE, FR|没有过去的男人|3
Russian Ark|2002|Drama, History, Fantasy|Alexander Sokurov|RU, DE|俄罗斯方舟|3
Whale Rider|2002|Drama, Family|Niki Caro|NZ, DE|鲸骑士|3
The Lord of the Rings: The Return of the King|2003|Fantasy, Adventure, Action|Peter Jackson|NZ, US|指环王3：王者无敌|5
Finding Nemo|2003|Animation, Family, Adventure|Andrew Stanton|US|海底总动员|5
Pirates of the Caribbean: The Curse of the Black Pearl|2003|Adventure, Fantasy, Action|Gore Verbinski|US|加勒比海盗|5
Kill Bill: Volume 1|2003|Action, Crime, Thriller|Quentin Tarantino|US|杀死比尔|4
Lost in Translation|2003|Drama, Romance, Comedy|Sofia Coppola|US, JP|迷失东京|4
Mystic River|2003|Crime, Mystery, Drama|Clint Eastwood|US|神秘河|4
Big Fish|2003|Fantasy, Drama, Romance|Tim Burton|US|大鱼|5
Master and Commander: The Far Side of the World|2003|Adventure, War, Drama|Peter Weir|US|怒海争锋|3
The Last Samurai|2003|Action, Drama, History|Edward Zwick|US, NZ|最后的武士|4
School of Rock|2003|Comedy, Musical|Richard Linklater|US|摇滚校园|3
Elephant|2003|Drama, Crime|Gus Van Sant|US|大象|3
Identity|2003|Mystery, Thriller, Horror|James Mangold|US|致命ID|5
The Matrix Reloaded|2003|Science Fiction, Action|Lana Wachowski, Lilly Wachowski|US|黑客帝国2：重装上阵|4
Dogville|2003|Drama, Crime|Lars von Trier|DK, SE, GB|狗镇|4
Love Actually|2003|Romance, Comedy|Richard Curtis|GB, US|真爱至上|5
Good Bye, Lenin!|2003|Comedy, Drama|Wolfgang Becker|DE|再见列宁|3
The Dreamers|2003|Drama, Romance|Bernardo Bertolucci|GB, FR, IT|戏梦巴黎|4
The Best of Youth|2003|Drama, History|Marco Tullio Giordana|IT|灿烂人生|3
The Triplets of Belleville|2003|Animation, Comedy, Adventure|Sylvain Chomet|FR, BE, CA|疯狂约会美丽都|3
The Barbarian Invasions|2003|Comedy, Drama|Denys Arcand|CA, FR|野蛮入侵|3
The Return|2003|Drama, Mystery|Andrey Zvyagintsev|RU|回归|3
Distant|2003|Drama|Nuri Bilge Ceylan|TR|远方|2
Osama|2003|Drama|Siddiq Barmak|AF, IE, JP|少女奥萨玛|2
Oldboy|2003|Mystery, Thriller, Action|Park Chan-wook|KR|老男孩|5
Memories of Murder|2003|Crime, Mystery, Drama|Bong Joon-ho|KR|杀人回忆|5
Spring, Summer, Fall, Winter... and Spring|2003|Drama|Kim Ki-duk|KR, DE|春夏秋冬又一春|4
A Tale of Two Sisters|2003|Horror, Mystery, Drama|Kim Jee-woon|KR|蔷花，红莲|3
The Classic|2003|Romance, Drama|Kwak Jae-yong|KR|假如爱有天意|4
Tokyo Godfathers|2003|Animation, Drama, Comedy|Satoshi Kon|JP|东京教父|4
Josee, the Tiger and the Fish|2003|Romance, Drama|Isshin Inudo|JP|乔西的虎与鱼|3
Ong-Bak: Muay Thai Warrior|2003|Action, Thriller|Prachya Pinkaew|TH|拳霸|3
Blind Shaft|2003|Crime, Drama|Li Yang|CN, HK, DE|盲井|3
Eternal Sunshine of the Spotless Mind|2004|Romance, Drama, Science Fiction|Michel Gondry|US|暖暖内含光|5
The Incredibles|2004|Animation, Action, Family|Brad Bird|US|超人总动员|5
Million Dollar Baby|2004|Sport, Drama|Clint Eastwood|US|百万美元宝贝|4
Before Sunset|2004|Romance, Drama|Richard Linklater|US|爱在日落黄昏时|4
The Notebook|2004|Romance, Drama|Nick Cassavetes|US|恋恋笔记本|4
Sideways|2004|Comedy, Drama, Romance|Alexander Payne|US|杯酒人生|3
Collateral|2004|Crime, Thriller|Michael Mann|US|借刀杀人|3
The Aviator|2004|Biography, Drama|Martin Scorsese|US|飞行家|3
Kill Bill: Volume 2|2004|Action, Crime, Thriller|Quentin Tarantino|US|杀死比尔2|4
Spider-Man 2|2004|Action, Science Fiction, Adventure|Sam Raimi|US|蜘蛛侠2|4
Harry Potter and the Prisoner of Azkaban|2004|Fantasy, Family, Adventure|Alfonso Cuarón|GB, US|哈利·波特与阿兹卡班的囚徒|5
Troy|2004|Action, History, Drama|Wolfgang Petersen|US, GB, MT|特洛伊|4
The Day After Tomorrow|2004|Science Fiction, Action, Thriller|Roland Emmerich|US|后天|4
The Terminal|2004|Comedy, Drama, Romance|Steven Spielberg|US|幸福终点站|5
The Butterfly Effect|2004|Science Fiction, Thriller, Drama|Eric Bress, J. Mackye Gruber|US|蝴蝶效应|5
Saw|2004|Horror, Mystery, Thriller|James Wan|US|电锯惊魂|4
Crash|2004|Crime, Drama|Paul Haggis|US|撞车|4
The Bourne Supremacy|2004|Action, Thriller, Mystery|Paul Greengrass|US, DE|谍影重重2|4
Fahrenheit 9/11|2004|Documentary, War|Michael Moore|US|华氏911|3
Shaun of the Dead|2004|Comedy, Horror|Edgar Wright|GB, FR|僵尸肖恩|3
Hotel Rwanda|2004|Drama, History, War|Terry George|ZA, GB, IT|卢旺达饭店|4
The Chorus|2004|Drama|Christophe Barratier|FR, CH, DE|放牛班的春天|5
Downfall|2004|War, History, Drama|Oliver Hirschbiegel|DE, AT, IT|帝国的毁灭|4
Head-On|2004|Drama, Romance|Fatih Akin|DE, TR|勇往直前|3
The Sea Inside|2004|Biography, Drama|Alejandro Amenábar|ES, FR, IT|深海长眠|3
Bad Education|2004|Drama, Mystery, Crime|Pedro Almodóvar|ES|不良教育|3
The Motorcycle Diaries|2004|Biography, Adventure, Drama|Walter Salles|AR, BR, US|摩托日记|3
Maria Full of Grace|2004|Drama, Crime|Joshua Marston|CO, US, EC|万福玛利亚|2
Machuca|2004|Drama, History|Andrés Wood|CL, ES|那年阳光灿烂|2
Turtles Can Fly|2004|War, Drama|Bahman Ghobadi|IR, IQ, FR|乌龟也会飞|3
2046|2004|Drama, Romance, Science Fiction|Wong Kar-wai|HK, CN, FR|2046|4
Kung Fu Hustle|2004|Comedy, Action, Fantasy|Stephen Chow|HK, CN|功夫|5
House of Flying Daggers|2004|Action, Romance, Drama|Zhang Yimou|CN, HK|十面埋伏|3
A World Without Thieves|2004|Drama, Crime, Comedy|Feng Xiaogang|CN, HK|天下无贼|5
Kekexili: Mountain Patrol|2004|Drama, Adventure|Lu Chuan|CN, HK|可可西里|4
Howl's Moving Castle|2004|Animation, Fantasy, Romance|Hayao Miyazaki|JP|哈尔的移动城堡|5
Nobody Knows|2004|Drama|Hirokazu Kore-eda|JP|无人知晓|4
3-Iron|2004|Drama, Romance, Crime|Kim Ki-duk|KR, JP|空房间|4
Tropical Malady|2004|Drama, Romance, Fantasy|Apichatpong Weerasethakul|TH, FR, DE|热带疾病|2
Brokeback Mountain|2005|Romance, Drama|Ang Lee|US, CA|断背山|5
Batman Begins|2005|Action, Crime|Christopher Nolan|US, GB|蝙蝠侠：侠影之谜|5
V for Vendetta|2005|Action, Science Fiction, Thriller|James McTeigue|US, GB, DE|V字仇杀队|5
Sin City|2005|Crime, Action, Thriller|Robert Rodriguez, Frank Miller|US|罪恶之城|4
Capote|2005|Biography, Crime, Drama|Bennett Miller|US, CA|卡波特|3
Munich|2005|Thriller, History, Drama|Steven Spielberg|US, CA|慕尼黑|3
War of the Worlds|2005|Science Fiction, Thriller, Action|Steven Spielberg|US|世界之战|4
King Kong|2005|Adventure, Action, Drama|Peter Jackson|NZ, US|金刚|4
Star Wars: Episode III – Revenge of the Sith|2005|Science Fiction, Adventure, Action|George Lucas|US|星球大战前传3：西斯的复仇|4
Charlie and the Chocolate Factory|2005|Family, Fantasy, Comedy|Tim Burton|US, GB|查理和巧克力工厂|4
Corpse Bride|2005|Animation, Fantasy, Romance|Tim Burton, Mike Johnson|GB, US|僵尸新娘|4
Lord of War|2005|Crime, Drama, Thriller|Andrew Niccol|US|战争之王|4
Madagascar|2005|Animation, Comedy, Family|Eric Darnell, Tom McGrath|US|马达加斯加|4
Mr. & Mrs. Smith|2005|Action, Comedy, Romance|Doug Liman|US|史密斯夫妇|4
A History of Violence|2005|Crime, Thriller, Drama|David Cronenberg|US, CA, DE|暴力史|3
Match Point|2005|Thriller, Drama, Romance|Woody Allen|GB, US|赛末点|3
Pride & Prejudice|2005|Romance, Drama|Joe Wright|GB, FR, US|傲慢与偏见|5
Wallace & Gromit: The Curse of the Were-Rabbit|2005|Animation, Comedy, Family|Nick Park, Steve Box|GB, US|超级无敌掌门狗：人兔的诅咒|3
Caché|2005|Mystery, Drama, Thriller|Michael Haneke|FR, AT, DE|隐藏摄像机|3
Joyeux Noël|2005|War, Drama, History|Christian Carion|FR, DE, GB|圣诞快乐|3
Sophie Scholl: The Final Days|2005|Drama, History, Biography|Marc Rothemund|DE|希望与反抗|2
Tsotsi|2005|Crime, Drama|Gavin Hood|ZA, GB|黑帮暴徒|2
The Death of Mr. Lazarescu|2005|Drama, Comedy|Cristi Puiu|RO|无医可靠|2
Paradise Now|2005|Drama, Crime|Hany Abu-Assad|PS, NL, DE|天堂此时|2
The World's Fastest Indian|2005|Biography, Drama, Sport|Roger Donaldson|NZ, US|世上最快的印第安摩托|3
Lady Vengeance|2005|Crime, Thriller, Drama|Park Chan-wook|KR|亲切的金子|3
A Bittersweet Life|2005|Crime, Action, Drama|Kim Jee-woon|KR|甜蜜的人生|3
The King and the Clown|2005|Drama, History|Lee Joon-ik|KR|王的男人|3
Peacock|2005|Drama|Gu Changwei|CN|孔雀|3
Three Times|2005|Romance, Drama|Hou Hsiao-hsien|TW, FR|最好的时光|3
Election|2005|Crime, Thriller|Johnnie To|HK|黑社会|3
Initial D|2005|Action, Sport, Drama|Andrew Lau, Alan Mak|HK|头文字D|4
The Departed|2006|Crime, Thriller, Drama|Martin Scorsese|US|无间行者|4
The Prestige|2006|Mystery, Thriller, Drama|Christopher Nolan|US, GB|致命魔术|5
Little Miss Sunshine|2006|Comedy, Drama|Jonathan Dayton, Valerie Faris|US|阳光小美女|4
Babel|2006|Drama|Alejandro González Iñárritu|US, MX|通天塔|3
The Devil Wears Prada|2006|Comedy, Drama|David Frankel|US|穿普拉达的女王|5
The Pursuit of Happyness|2006|Biography, Drama|Gabriele Muccino|US|当幸福来敲门|5
Blood Diamond|2006|Adventure, Thriller, Drama|Edward Zwick|US|血钻|4
Borat|2006|Comedy|Larry Charles|US, GB|波拉特|3
Cars|2006|Animation, Family, Sport|John Lasseter|US|赛车总动员|4
Casino Royale|2006|Action, Thriller, Adventure|Martin Campbell|GB, US, CZ|007：大战皇家赌场|4
Apocalypto|2006|Action, Adventure, Drama|Mel Gibson|US|启示|3
Letters from Iwo Jima|2006|War, Drama, History|Clint Eastwood|US|硫磺岛家书|3
300|2006|Action, History, War|Zack Snyder|US|斯巴达300勇士|4
Night at the Museum|2006|Comedy, Fantasy, Family|Shawn Levy|US|博物馆奇妙夜|4
Happy Feet|2006|Animation, Musical, Family|George Miller|AU, US|快乐的大脚|4
Perfume: The Story of a Murderer|2006|Crime, Drama, Fantasy|Tom Tykwer|DE, FR, ES|香水|5
An Inconvenient Truth|2006|Documentary|Davis Guggenheim|US|难以忽视的真相|3
The Queen|2006|Biography, Drama|Stephen Frears|GB, FR, IT|女王|3
Children of Men|2006|Science Fiction, Thriller, Drama|Alfonso Cuarón|GB, US|人类之子|4
This Is England|2006|Drama, Crime|Shane Meadows|GB|英伦伙计|3
The Wind That Shakes the Barley|2006|War, Drama, History|Ken Loach|IE, GB, DE|风吹稻浪|3
Once|2007|Romance, Musical, Drama|John Carney|IE|曾经|4
The Lives of Others|2006|Drama, Thriller|Florian Henckel von Donnersmarck|DE|窃听风暴|5
Pan's Labyrinth|2006|Fantasy, War, Drama|Guillermo del Toro|ES, MX|潘神的迷宫|4
Volver|2006|Drama, Comedy, Mystery|Pedro Almodóvar|ES|回归|3
Days of Glory|2006|War, Drama, History|Rachid Bouchareb|FR, DZ, MA|光荣岁月|2
Black Book|2006|War, Thriller, Drama|Paul Verhoeven|NL, DE, GB|黑皮书|3
The Host|2006|Horror, Science Fiction, Drama|Bong Joon-ho|KR|汉江怪物|4
Paprika|2006|Animation, Science Fiction, Mystery|Satoshi Kon|JP|红辣椒|4
The Girl Who Leapt Through Time|2006|Animation, Romance, Science Fiction|Mamoru Hosoda|JP|穿越时空的少女|4
Memories of Matsuko|2006|Drama, Musical, Comedy|Tetsuya Nakashima|JP|被嫌弃的松子的一生|5
Still Life|2006|Drama, Romance|Jia Zhangke|CN, HK|三峡好人|4
Crazy Stone|2006|Comedy, Crime|Ning Hao|CN, HK|疯狂的石头|5
Fearless|2006|Action, Drama, Biography|Ronny Yu|HK, CN|霍元甲|4
Rang De Basanti|2006|Drama, Comedy|Rakeysh Omprakash Mehra|IN|巴萨提的颜色|3
No Country for Old Men|2007|Crime, Thriller, Drama|Joel Coen, Ethan Coen|US|老无所依|4
There Will Be Blood|2007|Drama|Paul Thomas Anderson|US|血色将至|4
Zodiac|2007|Crime, Mystery, Thriller|David Fincher|US|十二宫|4
Ratatouille|2007|Animation, Comedy, Family|Brad Bird|US|美食总动员|5
Into the Wild|2007|Biography, Adventure, Drama|Sean Penn|US|荒野生存|4
Juno|2007|Comedy, Drama|Jason Reitman|US, CA|朱诺|4
The Bourne Ultimatum|2007|Action, Thriller, Mystery|Paul Greengrass|US, DE|谍影重重3|4
Transformers|2007|Science Fiction, Action|Michael Bay|US|变形金刚|5
I Am Legend|2007|Science Fiction, Horror, Drama|Francis Lawrence|US|我是传奇|4
The Assassination of Jesse James by the Coward Robert Ford|2007|Western, Biography, Drama|Andrew Dominik|US, CA|神枪手之死|3
Enchanted|2007|Fantasy, Musical, Romance|Kevin Lima|US|魔法奇缘|4
The Bucket List|2007|Comedy, Drama, Adventure|Rob Reiner|US|遗愿清单|4
The Man from Earth|2007|Science Fiction, Drama|Richard Schenkman|US|这个男人来自地球|5
Hot Fuzz|2007|Comedy, Action, Mystery|Edgar Wright|GB, FR|热血警探|3
Atonement|2007|Romance, War, Drama|Joe Wright|GB, FR|赎罪|4
Becoming Jane|2007|Biography, Romance, Drama|Julian Jarrold|GB, IE|成为简·奥斯汀|4
Persepolis|2007|Animation, Biography, Drama|Marjane Satrapi, Vincent Paronnaud|FR, US|我在伊朗长大|4
The Diving Bell and the Butterfly|2007|Biography, Drama|Julian Schnabel|FR, US|潜水钟与蝴蝶|4
La Vie en Rose|2007|Biography, Drama, Musical|Olivier Dahan|FR, GB, CZ|玫瑰人生|3
4 Months, 3 Weeks and 2 Days|2007|Drama|Cristian Mungiu|RO|四月三周两天|3
The Edge of Heaven|2007|Drama|Fatih Akin|DE, TR|天堂边缘|3
The Counterfeiters|2007|War, Drama, Crime|Stefan Ruzowitzky|AT, DE|伪钞制造者|2
Elite Squad|2007|Crime, Action, Drama|José Padilha|BR|精英部队|3
The Band's Visit|2007|Comedy, Drama|Eran Kolirin|IL, FR, US|乐队来访时|2
Caramel|2007|Comedy, Drama, Romance|Nadine Labaki|LB, FR|焦糖|2
Secret Sunshine|2007|Drama|Lee Chang-dong|KR|密阳|3
Secret|2007|Romance, Drama, Fantasy|Jay Chou|TW|不能说的秘密|4
Lust, Caution|2007|Romance, Thriller, Drama|Ang Lee|TW, CN, US|色，戒|5
Mad Detective|2007|Crime, Mystery, Thriller|Johnnie To, Wai Ka-fai|HK|神探|3
Assembly|2007|War, Drama|Feng Xiaogang|CN, HK|集结号|4
The Sun Also Rises|2007|Drama|Jiang Wen|CN, HK|太阳照常升起|4
5 Centimeters per Second|2007|Animation, Romance, Drama|Makoto Shinkai|JP|秒速5厘米|4
Love of Siam|2007|Romance, Drama|Chookiat Sakveerakul|TH|暹罗之恋|3
Like Stars on Earth|2007|Drama, Family|Aamir Khan|IN|地球上的星星|4
The Dark Knight|2008|Action, Crime, Thriller|Christopher Nolan|US, GB|蝙蝠侠：黑暗骑士|5
WALL·E|2008|Animation, Science Fiction, Family|Andrew Stanton|US|机器人总动员|5
Iron Man|2008|Action, Science Fiction|Jon Favreau|US|钢铁侠|5
Slumdog Millionaire|2008|Drama, Romance|Danny Boyle|GB|贫民窟的百万富翁|5
The Curious Case of Benjamin Button|2008|Drama, Romance, Fantasy|David Fincher|US|本杰明·巴顿奇事|5
The Wrestler|2008|Drama, Sport|Darren Aronofsky|US, FR|摔角王|3
Gran Torino|2008|Drama|Clint Eastwood|US, DE|老爷车|4
Kung Fu Panda|2008|Animation, Action, Comedy|Mark Osborne, John Stevenson|US|功夫熊猫|5
Twilight|2008|Romance, Fantasy, Drama|Catherine Hardwicke|US|暮光之城|4
Milk|2008|Biography, Drama, History|Gus Van Sant|US|米尔克|3
Changeling|2008|Crime, Drama, Mystery|Clint Eastwood|US|换子疑云|4
Synecdoche, New York|2008|Drama|Charlie Kaufman|US|纽约提喻法|3
The Reader|2008|Drama, Romance|Stephen Daldry|US, DE|朗读者|4
Taken|2008|Action, Thriller, Crime|Pierre Morel|FR|飓风营救|4
In Bruges|2008|Crime, Comedy, Drama|Martin McDonagh|GB, US, BE|杀手没有假期|3
Mamma Mia!|2008|Musical, Romance, Comedy|Phyllida Lloyd|GB, US, DE|妈妈咪呀|4
The Boy in the Striped Pyjamas|2008|War, Drama|Mark Herman|GB, US|穿条纹睡衣的男孩|4
Man on Wire|2008|Documentary, History|James Marsh|GB, US|走钢丝的人|2
The Class|2008|Drama|Laurent Cantet|FR|课室风云|2
Gomorrah|2008|Crime, Drama|Matteo Garrone|IT|格莫拉|2
The Wave|2008|Drama, Thriller|Dennis Gansel|DE|浪潮|4
Let the Right One In|2008|Horror, Romance, Drama|Tomas Alfredson|SE|生人勿进|4
Waltz with Bashir|2008|Animation, Documentary, War|Ari Folman|IL, DE, FR|和巴什尔跳华尔兹|3
Tokyo Sonata|2008|Drama|Kiyoshi Kurosawa|JP, NL, HK|东京奏鸣曲|3
Departures|2008|Drama|Yojiro Takita|JP|入殓师|5
Ponyo|2008|Animation, Fantasy, Family|Hayao Miyazaki|JP|悬崖上的金鱼姬|4
Still Walking|2008|Drama|Hirokazu Kore-eda|JP|步履不停|4
The Chaser|2008|Crime, Thriller, Action|Na Hong-jin|KR|追击者|4
Cape No. 7|2008|Romance, Comedy, Drama|Wei Te-sheng|TW|海角七号|4
Ip Man|2008|Action, Biography, Drama|Wilson Yip|HK, CN|叶问|4
Red Cliff|2008|War, Action, History|John Woo|CN, HK|赤壁|4
If You Are the One|2008|Comedy, Romance|Feng Xiaogang|CN, HK|非诚勿扰|4
Laskar Pelangi|2008|Drama, Family, Adventure|Riri Riza|ID|天虹战队小学|2
Avatar|2009|Science Fiction, Action, Adventure|James Cameron|US|阿凡达|5
Inglourious Basterds|2009|War, Drama|Quentin Tarantino|US, DE|无耻混蛋|4
Up|2009|Animation, Adventure, Family|Pete Docter|US|飞屋环游记|5
The Hangover|2009|Comedy|Todd Phillips|US|宿醉|4
The Hurt Locker|2008|War, Drama, Thriller|Kathryn Bigelow|US|拆弹部队|4
Star Trek|2009|Science Fiction, Action, Adventure|J. J. Abrams|US|星际迷航|4
(500) Days of Summer|2009|Romance, Comedy, Drama|Marc Webb|US|和莎莫的500天|4
Coraline|2009|Animation, Fantasy, Horror|Henry Selick|US|鬼妈妈|4
Fantastic Mr. Fox|2009|Animation, Comedy, Adventure|Wes Anderson|US, GB|了不起的狐狸爸爸|4
A Serious Man|2009|Comedy, Drama|Joel Coen, Ethan Coen|US, GB, FR|严肃的男人|3
Sherlock Holmes|2009|Action, Mystery, Adventure|Guy Ritchie|US, GB|大侦探福尔摩斯|4
2012|2009|Action, Science Fiction, Adventure|Roland Emmerich|US|2012|4
The Blind Side|2009|Biography, Drama, Sport|John Lee Hancock|US|弱点|4
Zombieland|2009|Comedy, Horror, Action|Ruben Fleischer|US|丧尸乐园|4
The Princess and the Frog|2009|Animation, Musical, Family|Ron Clements, John Musker|US|公主与青蛙|4
Hachi: A Dog's Tale|2009|Drama, Family|Lasse Hallström|US, GB|忠犬八公的故事|5
Triangle|2009|Horror, Mystery, Thriller|Christopher Smith|GB, AU|恐怖游轮|5
Moon|2009|Science Fiction, Drama, Mystery|Duncan Jones|GB|月球|4
District 9|2009|Science Fiction, Action, Thriller|Neill Blomkamp|ZA, NZ, US|第九区|4
Mary and Max|2009|Animation, Comedy, Drama|Adam Elliot|AU|玛丽和马克思|5
A Prophet|2009|Crime, Drama|Jacques Audiard|FR, IT|预言者|3
The White Ribbon|2009|Drama, Mystery, History|Michael Haneke|DE, AT, FR|白丝带|3
Antichrist|2009|Horror, Drama|Lars von Trier|DK, DE, FR|反基督者|3
The Girl with the Dragon Tattoo|2009|Crime, Mystery, Thriller|Niels Arden Oplev|SE, DK|龙纹身的女孩|3
The Secret of Kells|2009|Animation, Fantasy, Adventure|Tomm Moore, Nora Twomey|IE, FR, BE|凯尔经的秘密|3
The Secret in Their Eyes|2009|Crime, Mystery, Drama|Juan José Campanella|AR, ES|谜一样的双眼|4
The Milk of Sorrow|2009|Drama|Claudia Llosa|PE, ES|伤心的奶水|2
Mr. Nobody|2009|Science Fiction, Drama, Romance|Jaco Van Dormael|BE, CA, FR|无姓之人|4
Dogtooth|2009|Drama|Yorgos Lanthimos|GR|狗牙|3
I Killed My Mother|2009|Drama|Xavier Dolan|CA|我杀了我妈妈|3
About Elly|2009|Drama, Mystery, Thriller|Asghar Farhadi|IR|关于伊丽|3
Mother|2009|Mystery, Crime, Drama|Bong Joon-ho|KR|母亲|4
Summer Wars|2009|Animation, Science Fiction, Comedy|Mamoru Hosoda|JP|夏日大作战|4
City of Life and Death|2009|War, Drama, History|Lu Chuan|CN, HK|南京！南京！|4
Crazy Racer|2009|Comedy, Crime|Ning Hao|CN|疯狂的赛车|4
The Message|2009|Thriller, Mystery, War|Chen Kuo-fu, Gao Qunshu|CN|风声|4
Bodyguards and Assassins|2009|Action, Drama, History|Teddy Chan|HK, CN|十月围城|4
3 Idiots|2009|Comedy, Drama|Rajkumar Hirani|IN|三傻大闹宝莱坞|5
The Cove|2009|Documentary|Louie Psihoyos|US|海豚湾|4
`;
