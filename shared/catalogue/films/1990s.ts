// Films of the 1990s, in the notation of rows.ts.
export const films1990s = `
Goodfellas|1990|Crime, Drama|Martin Scorsese|US|好家伙|5
Edward Scissorhands|1990|Fantasy, Romance|Tim Burton|US|剪刀手爱德华|4
Home Alone|1990|Comedy, Family|Chris Columbus|US|小鬼当家|5
Ghost|1990|Romance, Fantasy, Drama|Jerry Zucker|US|人鬼情未了|4
Pretty Woman|1990|Romance, Comedy|Garry Marshall|US|风月俏佳人|5
Dances with Wolves|1990|Western, Drama|Kevin Costner|US|与狼共舞|4
Total Recall|1990|Science Fiction, Action|Paul Verhoeven|US|全面回忆|4
Misery|1990|Thriller, Horror|Rob Reiner|US|危情十日|4
Miller's Crossing|1990|Crime, Drama|Joel Coen, Ethan Coen|US|米勒的十字路口|3
The Godfather Part III|1990|Crime, Drama|Francis Ford Coppola|US|教父3|4
Awakenings|1990|Drama|Penny Marshall|US|无语问苍天|3
Wild at Heart|1990|Crime, Romance|David Lynch|US|我心狂野|3
Back to the Future Part III|1990|Science Fiction, Western, Comedy|Robert Zemeckis|US|回到未来3|4
Days of Being Wild|1990|Drama, Romance|Wong Kar-wai|HK|阿飞正传|3
Ju Dou|1990|Drama, Romance|Zhang Yimou, Yang Fengliang|CN, JP|菊豆|2
Close-Up|1990|Drama, Documentary|Abbas Kiarostami|IR|特写|3
Dreams|1990|Fantasy, Drama|Akira Kurosawa|JP, US|梦|3
The Silence of the Lambs|1991|Thriller, Crime, Horror|Jonathan Demme|US|沉默的羔羊|5
Terminator 2: Judgment Day|1991|Science Fiction, Action|James Cameron|US|终结者2：审判日|5
Beauty and the Beast|1991|Animation, Musical, Romance|Gary Trousdale, Kirk Wise|US|美女与野兽|5
Thelma & Louise|1991|Drama, Crime, Adventure|Ridley Scott|US|末路狂花|4
JFK|1991|History, Thriller, Drama|Oliver Stone|US|刺杀肯尼迪|4
Point Break|1991|Action, Crime, Thriller|Kathryn Bigelow|US|惊爆点|3
Boyz n the Hood|1991|Crime, Drama|John Singleton|US|街区男孩|3
Barton Fink|1991|Comedy, Drama, Mystery|Joel Coen, Ethan Coen|US|巴顿·芬克|3
The Double Life of Véronique|1991|Drama, Fantasy|Krzysztof Kieślowski|FR, PL|两生花|3
Delicatessen|1991|Comedy, Fantasy|Jean-Pierre Jeunet, Marc Caro|FR|黑店狂想曲|3
A Brighter Summer Day|1991|Drama, Crime|Edward Yang|TW|牯岭街少年杀人事件|3
Raise the Red Lantern|1991|Drama|Zhang Yimou|CN, HK, TW|大红灯笼高高挂|4
Once Upon a Time in China|1991|Action, History|Tsui Hark|HK|黄飞鸿|3
Only Yesterday|1991|Animation, Drama, Romance|Isao Takahata|JP|岁月的童话|3
My Own Private Idaho|1991|Drama, Romance|Gus Van Sant|US|我自己的爱达荷|3
La Belle Noiseuse|1991|Drama|Jacques Rivette|FR|不羁的美女|2
The Commitments|1991|Musical, Comedy, Drama|Alan Parker|IE, GB|追梦者|2
Reservoir Dogs|1992|Crime, Thriller|Quentin Tarantino|US|落水狗|4
Unforgiven|1992|Western, Drama|Clint Eastwood|US|不可饶恕|4
Aladdin|1992|Animation, Musical, Adventure|Ron Clements, John Musker|US|阿拉丁|5
A Few Good Men|1992|Drama, Thriller|Rob Reiner|US|义海雄风|4
Basic Instinct|1992|Thriller, Mystery|Paul Verhoeven|US|本能|4
Batman Returns|1992|Action, Fantasy|Tim Burton|US|蝙蝠侠归来|3
Scent of a Woman|1992|Drama|Martin Brest|US|闻香识女人|5
The Last of the Mohicans|1992|Adventure, Romance, History|Michael Mann|US|最后的莫希干人|3
The Player|1992|Comedy, Crime, Drama|Robert Altman|US|大玩家|2
Glengarry Glen Ross|1992|Drama, Crime|James Foley|US|拜金一族|3
Bram Stoker's Dracula|1992|Horror, Romance|Francis Ford Coppola|US|惊情四百年|3
Malcolm X|1992|Biography, Drama, History|Spike Lee|US|黑潮|3
The Crying Game|1992|Drama, Thriller, Romance|Neil Jordan|IE, GB|哭泣的游戏|3
The Lover|1992|Drama, Romance|Jean-Jacques Annaud|FR, GB, VN|情人|3
Hard Boiled|1992|Action, Crime|John Woo|HK|辣手神探|3
The Story of Qiu Ju|1992|Drama, Comedy|Zhang Yimou|CN, HK|秋菊打官司|3
Porco Rosso|1992|Animation, Adventure, Comedy|Hayao Miyazaki|JP|红猪|4
Man Bites Dog|1992|Comedy, Crime|Rémy Belvaux, André Bonzel, Benoît Poelvoorde|BE|人咬狗|2
Police Story 3: Supercop|1992|Action, Comedy, Crime|Stanley Tong|HK|警察故事3：超级警察|3
Belle Époque|1992|Comedy, Romance, Drama|Fernando Trueba|ES|四千金的情人|2
Strictly Ballroom|1992|Romance, Comedy|Baz Luhrmann|AU|舞国英雄|2
Schindler's List|1993|Drama, History, War|Steven Spielberg|US|辛德勒的名单|5
Jurassic Park|1993|Adventure, Science Fiction|Steven Spielberg|US|侏罗纪公园|5
Groundhog Day|1993|Comedy, Fantasy, Romance|Harold Ramis|US|土拨鼠之日|4
The Fugitive|1993|Thriller, Action, Crime|Andrew Davis|US|亡命天涯|4
Philadelphia|1993|Drama|Jonathan Demme|US|费城故事|4
The Piano|1993|Drama, Romance|Jane Campion|NZ, AU, FR|钢琴课|4
Farewell My Concubine|1993|Drama, Romance, History|Chen Kaige|CN, HK|霸王别姬|5
Three Colours: Blue|1993|Drama, Mystery|Krzysztof Kieślowski|FR, PL, CH|蓝白红三部曲之蓝|4
The Nightmare Before Christmas|1993|Animation, Musical, Fantasy|Henry Selick|US|圣诞夜惊魂|4
In the Name of the Father|1993|Biography, Drama|Jim Sheridan|IE, GB, US|因父之名|3
The Remains of the Day|1993|Drama, Romance|James Ivory|GB, US|告别有情天|3
The Age of Innocence|1993|Drama, Romance|Martin Scorsese|US|纯真年代|3
Sleepless in Seattle|1993|Romance, Comedy|Nora Ephron|US|西雅图夜未眠|4
A Perfect World|1993|Crime, Drama|Clint Eastwood|US|完美的世界|3
Carlito's Way|1993|Crime, Drama, Thriller|Brian De Palma|US|情枭的黎明|3
True Romance|1993|Crime, Romance, Thriller|Tony Scott|US|真实罗曼史|3
What's Eating Gilbert Grape|1993|Drama|Lasse Hallström|US|不一样的天空|3
Dazed and Confused|1993|Comedy, Drama|Richard Linklater|US|年少轻狂|3
Short Cuts|1993|Drama, Comedy|Robert Altman|US|人生交叉点|2
Mrs. Doubtfire|1993|Comedy, Family|Chris Columbus|US|窈窕奶爸|4
Sonatine|1993|Crime, Drama|Takeshi Kitano|JP|奏鸣曲|3
The Wedding Banquet|1993|Comedy, Drama, Romance|Ang Lee|TW, US|喜宴|4
The Puppetmaster|1993|Biography, Drama|Hou Hsiao-hsien|TW|戏梦人生|2
The Scent of Green Papaya|1993|Drama, Romance|Tran Anh Hung|VN, FR|青木瓜之味|3
The Blue Kite|1993|Drama|Tian Zhuangzhuang|CN, HK|蓝风筝|2
Naked|1993|Drama, Comedy|Mike Leigh|GB|赤裸裸|2
Pulp Fiction|1994|Crime, Drama|Quentin Tarantino|US|低俗小说|5
The Shawshank Redemption|1994|Drama, Crime|Frank Darabont|US|肖申克的救赎|5
Forrest Gump|1994|Drama, Romance, Comedy|Robert Zemeckis|US|阿甘正传|5
The Lion King|1994|Animation, Musical, Family|Roger Allers, Rob Minkoff|US|狮子王|5
Léon: The Professional|1994|Crime, Thriller, Drama|Luc Besson|FR|这个杀手不太冷|5
Speed|1994|Action, Thriller|Jan de Bont|US|生死时速|4
True Lies|1994|Action, Comedy|James Cameron|US|真实的谎言|4
Ed Wood|1994|Biography, Comedy, Drama|Tim Burton|US|艾德·伍德|3
Natural Born Killers|1994|Crime, Action, Romance|Oliver Stone|US|天生杀人狂|3
Interview with the Vampire|1994|Horror, Fantasy, Drama|Neil Jordan|US|夜访吸血鬼|4
The Mask|1994|Comedy, Fantasy|Chuck Russell|US|变相怪杰|4
Legends of the Fall|1994|Drama, Romance, War|Edward Zwick|US|燃情岁月|4
Four Weddings and a Funeral|1994|Comedy, Romance|Mike Newell|GB|四个婚礼和一个葬礼|4
Clerks|1994|Comedy|Kevin Smith|US|疯狂店员|3
Hoop Dreams|1994|Documentary, Sport|Steve James|US|篮球梦|2
Quiz Show|1994|Drama, History|Robert Redford|US|机智问答|2
Chungking Express|1994|Romance, Drama, Crime|Wong Kar-wai|HK|重庆森林|5
Ashes of Time|1994|Drama, Action, Romance|Wong Kar-wai|HK, CN|东邪西毒|4
Eat Drink Man Woman|1994|Comedy, Drama, Romance|Ang Lee|TW, US|饮食男女|4
To Live|1994|Drama, History|Zhang Yimou|CN, HK|活着|5
In the Heat of the Sun|1994|Drama, Romance|Jiang Wen|CN, HK|阳光灿烂的日子|4
Vive L'Amour|1994|Drama|Tsai Ming-liang|TW|爱情万岁|2
Three Colours: Red|1994|Drama, Mystery, Romance|Krzysztof Kieślowski|FR, PL, CH|蓝白红三部曲之红|4
Three Colours: White|1994|Drama, Comedy, Romance|Krzysztof Kieślowski|FR, PL, CH|蓝白红三部曲之白|3
Through the Olive Trees|1994|Drama|Abbas Kiarostami|IR, FR|橄榄树下的情人|2
Sátántangó|1994|Drama|Béla Tarr|HU, DE, CH|撒旦探戈|3
Burnt by the Sun|1994|Drama, History|Nikita Mikhalkov|RU, FR|烈日灼人|3
Before the Rain|1994|Drama, War|Milcho Manchevski|MK, FR, GB|暴雨将至|3
Muriel's Wedding|1994|Comedy, Drama|P. J. Hogan|AU|穆丽尔的婚礼|2
The Adventures of Priscilla, Queen of the Desert|1994|Comedy, Musical, Adventure|Stephan Elliott|AU|沙漠妖姬|3
Heavenly Creatures|1994|Drama, Crime, Fantasy|Peter Jackson|NZ|罪孽天使|2
Once Were Warriors|1994|Drama|Lee Tamahori|NZ|战士奇兵|2
Queen Margot|1994|History, Drama, Romance|Patrice Chéreau|FR, IT, DE|玛戈皇后|3
Drunken Master II|1994|Action, Comedy|Lau Kar-leung|HK|醉拳2|3
Pom Poko|1994|Animation, Comedy, Fantasy|Isao Takahata|JP|平成狸合战|3
The Silences of the Palace|1994|Drama|Moufida Tlatli|TN, FR||1
Bandit Queen|1994|Biography, Crime, Drama|Shekhar Kapur|IN, GB||2
Strawberry and Chocolate|1994|Comedy, Drama|Tomás Gutiérrez Alea, Juan Carlos Tabío|CU, MX, ES|草莓与巧克力|2
Il Postino|1994|Drama, Romance, Comedy|Michael Radford|IT, FR|邮差|4
Toy Story|1995|Animation, Family, Adventure|John Lasseter|US|玩具总动员|5
Se7en|1995|Crime, Thriller, Mystery|David Fincher|US|七宗罪|5
Heat|1995|Crime, Thriller, Action|Michael Mann|US|盗火线|4
The Usual Suspects|1995|Crime, Mystery, Thriller|Bryan Singer|US|非常嫌疑犯|4
Braveheart|1995|History, War, Drama|Mel Gibson|US|勇敢的心|5
Casino|1995|Crime, Drama|Martin Scorsese|US|赌城风云|4
Apollo 13|1995|History, Drama, Adventure|Ron Howard|US|阿波罗13号|4
Twelve Monkeys|1995|Science Fiction, Thriller, Mystery|Terry Gilliam|US|十二猴子|4
The Bridges of Madison County|1995|Romance, Drama|Clint Eastwood|US|廊桥遗梦|4
Before Sunrise|1995|Romance, Drama|Richard Linklater|US, AT|爱在黎明破晓前|4
Sense and Sensibility|1995|Romance, Drama|Ang Lee|GB, US|理智与情感|4
Dead Man|1995|Western, Drama|Jim Jarmusch|US, DE, JP|离魂异客|3
Babe|1995|Family, Comedy, Fantasy|Chris Noonan|AU, US|小猪宝贝|3
Clueless|1995|Comedy, Romance|Amy Heckerling|US|独领风骚|3
Jumanji|1995|Adventure, Family, Fantasy|Joe Johnston|US|勇敢者的游戏|4
GoldenEye|1995|Action, Adventure, Thriller|Martin Campbell|GB, US|007之黄金眼|4
Dead Man Walking|1995|Drama, Crime|Tim Robbins|US|死囚漫步|3
Leaving Las Vegas|1995|Drama, Romance|Mike Figgis|US|离开拉斯维加斯|3
Safe|1995|Drama|Todd Haynes|US, GB|安然无恙|2
La Haine|1995|Drama, Crime|Mathieu Kassovitz|FR|怒火青春|4
Underground|1995|Comedy, Drama, War|Emir Kusturica|YU, FR, DE|地下|4
Ulysses' Gaze|1995|Drama|Theo Angelopoulos|GR, FR, IT|尤利西斯的凝视|3
The White Balloon|1995|Drama, Family|Jafar Panahi|IR|白气球|3
Fallen Angels|1995|Crime, Romance, Drama|Wong Kar-wai|HK|堕落天使|4
Good Men, Good Women|1995|Drama, History|Hou Hsiao-hsien|TW, JP|好男好女|2
Love Letter|1995|Romance, Drama|Shunji Iwai|JP|情书|4
Whisper of the Heart|1995|Animation, Romance, Family|Yoshifumi Kondō|JP|侧耳倾听|4
Ghost in the Shell|1995|Animation, Science Fiction, Action|Mamoru Oshii|JP, GB|攻壳机动队|4
Cyclo|1995|Crime, Drama|Tran Anh Hung|VN, FR|三轮车夫|2
Dilwale Dulhania Le Jayenge|1995|Romance, Musical, Drama|Aditya Chopra|IN|勇夺芳心|3
The City of Lost Children|1995|Fantasy, Science Fiction|Jean-Pierre Jeunet, Marc Caro|FR, DE, ES|童梦失魂夜|3
Antonia's Line|1995|Drama, Comedy|Marleen Gorris|NL, BE, GB|安东尼娅之家|2
A Chinese Odyssey Part One: Pandora's Box|1995|Comedy, Fantasy, Romance|Jeffrey Lau|HK, CN|大话西游之月光宝盒|4
A Chinese Odyssey Part Two: Cinderella|1995|Comedy, Fantasy, Romance|Jeffrey Lau|HK, CN|大话西游之大圣娶亲|5
Fargo|1996|Crime, Thriller, Comedy|Joel Coen, Ethan Coen|US|冰血暴|4
Trainspotting|1996|Drama, Comedy|Danny Boyle|GB|猜火车|4
The English Patient|1996|Romance, Drama, War|Anthony Minghella|US, GB|英国病人|4
Jerry Maguire|1996|Comedy, Romance, Sport|Cameron Crowe|US|甜心先生|4
Mission: Impossible|1996|Action, Thriller, Adventure|Brian De Palma|US|碟中谍|5
Independence Day|1996|Science Fiction, Action|Roland Emmerich|US|独立日|4
The Rock|1996|Action, Thriller|Michael Bay|US|勇闯夺命岛|4
Scream|1996|Horror, Mystery|Wes Craven|US|惊声尖叫|4
Romeo + Juliet|1996|Romance, Drama|Baz Luhrmann|US|罗密欧与朱丽叶|4
Primal Fear|1996|Crime, Mystery, Thriller|Gregory Hoblit|US|一级恐惧|4
Sling Blade|1996|Drama|Billy Bob Thornton|US|弹簧刀|2
Lone Star|1996|Mystery, Drama|John Sayles|US|小镇疑云|2
Mars Attacks!|1996|Comedy, Science Fiction|Tim Burton|US|火星人玩转地球|3
From Dusk Till Dawn|1996|Horror, Action, Crime|Robert Rodriguez|US|杀出个黎明|3
Breaking the Waves|1996|Drama, Romance|Lars von Trier|DK, SE, FR|破浪|3
Secrets & Lies|1996|Drama, Comedy|Mike Leigh|GB, FR|秘密与谎言|3
Shine|1996|Biography, Drama|Scott Hicks|AU|闪亮的风采|3
Kolya|1996|Comedy, Drama|Jan Svěrák|CZ, GB|给我一个爸|3
Comrades: Almost a Love Story|1996|Romance, Drama|Peter Chan|HK|甜蜜蜜|4
The Day a Pig Fell into the Well|1996|Drama|Hong Sang-soo|KR|猪堕井的那天|1
Gabbeh|1996|Drama, Fantasy, Romance|Mohsen Makhmalbaf|IR, FR|魔毯|2
Shall We Dance?|1996|Comedy, Romance|Masayuki Suo|JP|谈谈情，跳跳舞|3
Swallowtail Butterfly|1996|Crime, Drama|Shunji Iwai|JP|燕尾蝶|3
Goodbye South, Goodbye|1996|Crime, Drama|Hou Hsiao-hsien|TW, JP|南国再见，南国|2
Prisoner of the Mountains|1996|War, Drama|Sergei Bodrov|RU, KZ|高加索的俘虏|2
Thesis|1996|Thriller, Mystery, Horror|Alejandro Amenábar|ES|死亡论文|2
Fire|1996|Drama, Romance|Deepa Mehta|IN, CA||2
Titanic|1997|Romance, Drama, History|James Cameron|US|泰坦尼克号|5
L.A. Confidential|1997|Crime, Mystery, Thriller|Curtis Hanson|US|洛城机密|4
Good Will Hunting|1997|Drama|Gus Van Sant|US|心灵捕手|5
Men in Black|1997|Science Fiction, Comedy, Action|Barry Sonnenfeld|US|黑衣人|4
Face/Off|1997|Action, Thriller, Crime|John Woo|US|变脸|4
The Fifth Element|1997|Science Fiction, Action|Luc Besson|FR|第五元素|4
Jackie Brown|1997|Crime, Drama|Quentin Tarantino|US|杰基·布朗|3
Boogie Nights|1997|Drama|Paul Thomas Anderson|US|不羁夜|3
As Good as It Gets|1997|Comedy, Romance, Drama|James L. Brooks|US|尽善尽美|4
Lost Highway|1997|Mystery, Thriller|David Lynch|US, FR|妖夜慌踪|3
Gattaca|1997|Science Fiction, Drama, Thriller|Andrew Niccol|US|千钧一发|4
Contact|1997|Science Fiction, Drama, Mystery|Robert Zemeckis|US|超时空接触|4
Con Air|1997|Action, Thriller|Simon West|US|空中监狱|4
The Game|1997|Thriller, Mystery|David Fincher|US|心理游戏|3
The Devil's Advocate|1997|Thriller, Drama, Fantasy|Taylor Hackford|US|魔鬼代言人|4
Hercules|1997|Animation, Musical, Adventure|Ron Clements, John Musker|US|大力士|3
My Best Friend's Wedding|1997|Comedy, Romance|P. J. Hogan|US|我最好朋友的婚礼|3
Starship Troopers|1997|Science Fiction, Action|Paul Verhoeven|US|星河战队|3
Donnie Brasco|1997|Crime, Drama, Biography|Mike Newell|US|忠奸人|3
Life Is Beautiful|1997|Drama, Comedy, War|Roberto Benigni|IT|美丽人生|5
Princess Mononoke|1997|Animation, Fantasy, Adventure|Hayao Miyazaki|JP|幽灵公主|5
Perfect Blue|1997|Animation, Thriller, Mystery|Satoshi Kon|JP|未麻的部屋|4
Hana-bi|1997|Crime, Drama|Takeshi Kitano|JP|花火|3
The Eel|1997|Drama|Shōhei Imamura|JP|鳗鱼|2
Cure|1997|Horror, Mystery, Crime|Kiyoshi Kurosawa|JP|X圣治|3
Happy Together|1997|Drama, Romance|Wong Kar-wai|HK|春光乍泄|5
Made in Hong Kong|1997|Crime, Drama|Fruit Chan|HK|香港制造|2
The River|1997|Drama|Tsai Ming-liang|TW|河流|2
Xiao Wu|1997|Drama|Jia Zhangke|CN, HK|小武|3
Keep Cool|1997|Comedy|Zhang Yimou|CN|有话好好说|2
The Dream Factory|1997|Comedy|Feng Xiaogang|CN|甲方乙方|3
Taste of Cherry|1997|Drama|Abbas Kiarostami|IR, FR|樱桃的滋味|3
Children of Heaven|1997|Family, Drama|Majid Majidi|IR|小鞋子|4
Funny Games|1997|Thriller, Horror, Crime|Michael Haneke|AT|趣味游戏|3
Open Your Eyes|1997|Mystery, Science Fiction, Thriller|Alejandro Amenábar|ES, FR, IT|睁开你的双眼|3
The Sweet Hereafter|1997|Drama|Atom Egoyan|CA|意外的春天|2
Insomnia|1997|Crime, Mystery, Thriller|Erik Skjoldbjærg|NO||2
Brother|1997|Crime, Drama|Aleksei Balabanov|RU|兄弟|2
The Full Monty|1997|Comedy, Drama|Peter Cattaneo|GB, US|光猪六壮士|3
Knockin' on Heaven's Door|1997|Comedy, Crime, Drama|Thomas Jahn|DE|敲开天堂的门|3
Character|1997|Drama, Crime|Mike van Diem|NL, BE||1
Saving Private Ryan|1998|War, Drama|Steven Spielberg|US|拯救大兵瑞恩|5
The Truman Show|1998|Drama, Comedy, Science Fiction|Peter Weir|US|楚门的世界|5
The Big Lebowski|1998|Comedy, Crime|Joel Coen, Ethan Coen|US, GB|谋杀绿脚趾|4
American History X|1998|Drama, Crime|Tony Kaye|US|美国X档案|4
The Thin Red Line|1998|War, Drama|Terrence Malick|US|细细的红线|3
Shakespeare in Love|1998|Romance, Comedy, History|John Madden|US, GB|莎翁情史|4
There's Something About Mary|1998|Comedy, Romance|Peter Farrelly, Bobby Farrelly|US|我为玛丽狂|3
Armageddon|1998|Science Fiction, Action|Michael Bay|US|绝世天劫|4
Mulan|1998|Animation, Adventure, Musical|Barry Cook, Tony Bancroft|US|花木兰|5
A Bug's Life|1998|Animation, Family, Comedy|John Lasseter|US|虫虫危机|3
You've Got Mail|1998|Romance, Comedy|Nora Ephron|US|电子情书|3
Fear and Loathing in Las Vegas|1998|Comedy, Drama|Terry Gilliam|US|恐惧拉斯维加斯|3
Dark City|1998|Science Fiction, Mystery, Thriller|Alex Proyas|AU, US|移魂都市|3
Rushmore|1998|Comedy, Drama|Wes Anderson|US|青春年少|3
Pi|1998|Thriller, Drama, Mystery|Darren Aronofsky|US|圆周率|3
Happiness|1998|Drama, Comedy|Todd Solondz|US||2
Enemy of the State|1998|Thriller, Action|Tony Scott|US|国家公敌|3
The Mask of Zorro|1998|Action, Adventure, Romance|Martin Campbell|US|佐罗的面具|3
Meet Joe Black|1998|Fantasy, Romance, Drama|Martin Brest|US|第六感生死缘|3
Patch Adams|1998|Comedy, Drama, Biography|Tom Shadyac|US|心灵点滴|3
Lock, Stock and Two Smoking Barrels|1998|Crime, Comedy|Guy Ritchie|GB|两杆大烟枪|4
Elizabeth|1998|Biography, History, Drama|Shekhar Kapur|GB|伊丽莎白|3
Run Lola Run|1998|Thriller, Crime, Action|Tom Tykwer|DE|罗拉快跑|4
The Celebration|1998|Drama|Thomas Vinterberg|DK, SE|家宴|3
The Legend of 1900|1998|Drama, Romance|Giuseppe Tornatore|IT|海上钢琴师|5
Central Station|1998|Drama|Walter Salles|BR, FR|中央车站|4
Eternity and a Day|1998|Drama|Theo Angelopoulos|GR, FR, IT|永恒和一日|3
Black Cat, White Cat|1998|Comedy, Romance|Emir Kusturica|YU, FR, DE|黑猫白猫|3
Ring|1998|Horror, Mystery|Hideo Nakata|JP|午夜凶铃|4
After Life|1998|Drama, Fantasy|Hirokazu Kore-eda|JP|下一站，天国|3
April Story|1998|Romance, Drama|Shunji Iwai|JP|四月物语|3
Flowers of Shanghai|1998|Drama|Hou Hsiao-hsien|TW, JP|海上花|3
The Longest Nite|1998|Crime, Thriller|Patrick Yau|HK|暗花|2
Beast Cops|1998|Crime, Action|Gordon Chan, Dante Lam|HK|野兽刑警|2
Christmas in August|1998|Romance, Drama|Hur Jin-ho|KR|八月照相馆|3
The Power of Kangwon Province|1998|Drama|Hong Sang-soo|KR|江原道之力|1
Dil Se..|1998|Romance, Drama, Thriller|Mani Ratnam|IN||2
Kuch Kuch Hota Hai|1998|Romance, Musical, Comedy|Karan Johar|IN|怦然心动|3
The Apple|1998|Drama|Samira Makhmalbaf|IR, FR|苹果|2
Show Me Love|1998|Romance, Drama|Lukas Moodysson|SE||2
The Hole|1998|Drama, Musical, Fantasy|Tsai Ming-liang|TW, FR|洞|2
The Matrix|1999|Science Fiction, Action|Lana Wachowski, Lilly Wachowski|US, AU|黑客帝国|5
Fight Club|1999|Drama, Thriller|David Fincher|US|搏击俱乐部|5
American Beauty|1999|Drama|Sam Mendes|US|美国丽人|4
The Sixth Sense|1999|Thriller, Mystery, Drama|M. Night Shyamalan|US|第六感|5
The Green Mile|1999|Drama, Fantasy, Crime|Frank Darabont|US|绿里奇迹|5
Magnolia|1999|Drama|Paul Thomas Anderson|US|木兰花|3
Eyes Wide Shut|1999|Drama, Mystery, Thriller|Stanley Kubrick|US, GB|大开眼戒|4
Being John Malkovich|1999|Comedy, Fantasy, Drama|Spike Jonze|US|成为约翰·马尔科维奇|4
Star Wars: Episode I – The Phantom Menace|1999|Science Fiction, Adventure, Action|George Lucas|US|星球大战前传1：幽灵的威胁|4
Toy Story 2|1999|Animation, Family, Adventure|John Lasseter|US|玩具总动员2|4
The Iron Giant|1999|Animation, Family, Science Fiction|Brad Bird|US|铁巨人|3
Notting Hill|1999|Romance, Comedy|Roger Michell|GB, US|诺丁山|4
The Mummy|1999|Adventure, Action, Fantasy|Stephen Sommers|US|木乃伊|4
The Blair Witch Project|1999|Horror, Mystery|Daniel Myrick, Eduardo Sánchez|US|女巫布莱尔|3
The Insider|1999|Drama, Thriller, Biography|Michael Mann|US|惊爆内幕|3
Sleepy Hollow|1999|Horror, Fantasy, Mystery|Tim Burton|US, DE|断头谷|3
The Talented Mr. Ripley|1999|Thriller, Crime, Drama|Anthony Minghella|US|天才雷普利|4
Boys Don't Cry|1999|Biography, Drama, Crime|Kimberly Peirce|US|男孩不哭|3
Election|1999|Comedy|Alexander Payne|US|校园风云|2
Office Space|1999|Comedy|Mike Judge|US|上班一条虫|3
10 Things I Hate About You|1999|Comedy, Romance|Gil Junger|US|我恨你的十件事|3
Girl, Interrupted|1999|Drama, Biography|James Mangold|US|移魂女郎|3
The Straight Story|1999|Drama, Biography|David Lynch|US, FR, GB|史崔特先生的故事|3
The Virgin Suicides|1999|Drama, Romance|Sofia Coppola|US|处女之死|3
Tarzan|1999|Animation, Adventure, Musical|Kevin Lima, Chris Buck|US|泰山|3
American Pie|1999|Comedy|Paul Weitz|US|美国派|4
All About My Mother|1999|Drama|Pedro Almodóvar|ES, FR|关于我母亲的一切|4
Rosetta|1999|Drama|Luc Dardenne, Jean-Pierre Dardenne|BE, FR|罗塞塔|3
Beau Travail|1999|Drama|Claire Denis|FR|军中禁恋|2
The Wind Will Carry Us|1999|Drama|Abbas Kiarostami|IR, FR|随风而逝|3
The Color of Paradise|1999|Drama, Family|Majid Majidi|IR|天堂的颜色|3
Audition|1999|Horror, Drama, Mystery|Takashi Miike|JP|切肤之爱|3
Kikujiro|1999|Comedy, Drama|Takeshi Kitano|JP|菊次郎的夏天|5
Peppermint Candy|1999|Drama|Lee Chang-dong|KR, JP|薄荷糖|3
Shiri|1999|Action, Thriller, Romance|Kang Je-gyu|KR|生死谍变|2
Not One Less|1999|Drama|Zhang Yimou|CN|一个都不能少|3
The Road Home|1999|Romance, Drama|Zhang Yimou|CN|我的父亲母亲|3
Shower|1999|Comedy, Drama|Zhang Yang|CN|洗澡|3
The Mission|1999|Crime, Action|Johnnie To|HK|枪火|3
King of Comedy|1999|Comedy, Drama, Romance|Stephen Chow, Lee Lik-chi|HK|喜剧之王|5
Darkness and Light|1999|Drama|Chang Tso-chi|TW|黑暗之光|1
Nang Nak|1999|Horror, Romance|Nonzee Nimibutr|TH|鬼妻|2
The Cup|1999|Comedy, Drama|Khyentse Norbu|BT, AU|高山上的世界杯|2
Ratcatcher|1999|Drama|Lynne Ramsay|GB|捕鼠者|2
`;
