// Films of the 1980s, in the notation of rows.ts.
export const films1980s = `
The Shining|1980|Horror|Stanley Kubrick|US, GB|闪灵|5
The Empire Strikes Back|1980|Science Fiction, Adventure, Action|Irvin Kershner|US|星球大战2：帝国反击战|5
Raging Bull|1980|Biography, Sport, Drama|Martin Scorsese|US|愤怒的公牛|4
The Elephant Man|1980|Biography, Drama|David Lynch|US, GB|象人|4
Airplane!|1980|Comedy|Jim Abrahams, David Zucker, Jerry Zucker|US|空前绝后满天飞|3
Ordinary People|1980|Drama|Robert Redford|US|普通人|3
Somewhere in Time|1980|Romance, Fantasy, Drama|Jeannot Szwarc|US|时光倒流七十年|4
The Blues Brothers|1980|Comedy, Musical, Action|John Landis|US|福禄双霸天|3
The Long Good Friday|1980|Crime, Thriller|John Mackenzie|GB|漫长的星期五|2
The Last Metro|1980|Drama, Romance, War|François Truffaut|FR|最后一班地铁|3
Every Man for Himself|1980|Drama|Jean-Luc Godard|FR, CH|各自逃生|2
Kagemusha|1980|War, History, Drama|Akira Kurosawa|JP, US|影武者|4
A Distant Cry from Spring|1980|Drama, Romance|Yoji Yamada|JP|远山的呼唤|4
Moscow Does Not Believe in Tears|1980|Drama, Romance, Comedy|Vladimir Menshov|SU|莫斯科不相信眼泪|4
Romance on Lushan Mountain|1980|Romance, Drama|Huang Zumo|CN|庐山恋|3
Breaker Morant|1980|Drama, War, History|Bruce Beresford|AU|烈血焚城|2
The Gods Must Be Crazy|1980|Comedy, Adventure|Jamie Uys|ZA, BW|上帝也疯狂|5
Pixote|1980|Crime, Drama|Héctor Babenco|BR|童年悲歌|2
Raiders of the Lost Ark|1981|Adventure, Action|Steven Spielberg|US|夺宝奇兵|5
Das Boot|1981|War, Drama, Thriller|Wolfgang Petersen|DE|从海底出击|4
Chariots of Fire|1981|Sport, Drama, History|Hugh Hudson|GB|烈火战车|3
The French Lieutenant's Woman|1981|Romance, Drama|Karel Reisz|GB|法国中尉的女人|3
Escape from New York|1981|Science Fiction, Action|John Carpenter|US|纽约大逃亡|3
Body Heat|1981|Crime, Thriller|Lawrence Kasdan|US|体热|3
An American Werewolf in London|1981|Horror, Comedy|John Landis|GB, US|美国狼人在伦敦|3
Gallipoli|1981|War, Drama, History|Peter Weir|AU|加里波底|3
Mad Max 2|1981|Action, Science Fiction, Adventure|George Miller|AU|疯狂的麦克斯2|4
Mephisto|1981|Drama, History|István Szabó|HU, DE, AT|梅菲斯特|3
Man of Iron|1981|Drama, History|Andrzej Wajda|PL|铁人|2
Possession|1981|Horror, Drama|Andrzej Żuławski|FR, DE|着魔|3
Lola|1981|Drama, Romance|Rainer Werner Fassbinder|DE|罗拉|3
Umrao Jaan|1981|Drama, Musical, Romance|Muzaffar Ali|IN|勒克瑙之花|2
E.T. the Extra-Terrestrial|1982|Science Fiction, Family, Adventure|Steven Spielberg|US|E.T.外星人|5
Blade Runner|1982|Science Fiction, Thriller, Drama|Ridley Scott|US|银翼杀手|5
The Thing|1982|Horror, Science Fiction, Mystery|John Carpenter|US|怪形|4
Tootsie|1982|Comedy, Romance|Sydney Pollack|US|窈窕淑男|3
Sophie's Choice|1982|Drama, Romance|Alan J. Pakula|US, GB|苏菲的抉择|4
The King of Comedy|1982|Comedy, Crime, Drama|Martin Scorsese|US|喜剧之王|3
The Verdict|1982|Drama|Sidney Lumet|US|大审判|3
First Blood|1982|Action, Thriller|Ted Kotcheff|US|第一滴血|4
Gandhi|1982|Biography, History, Drama|Richard Attenborough|GB, IN|甘地传|4
Pink Floyd – The Wall|1982|Musical, Drama|Alan Parker|GB|迷墙|4
Fitzcarraldo|1982|Adventure, Drama|Werner Herzog|DE, PE|陆上行舟|3
Fanny and Alexander|1982|Drama, Family, Mystery|Ingmar Bergman|SE, FR, DE|芬妮与亚历山大|4
The Night of the Shooting Stars|1982|War, Drama, Fantasy|Paolo Taviani, Vittorio Taviani|IT|圣洛伦索之夜|2
Yol|1982|Drama|Şerif Gören, Yılmaz Güney|TR, CH, FR|自由之路|3
Station for Two|1983|Romance, Comedy, Drama|Eldar Ryazanov|SU|两个人的车站|3
Shaolin Temple|1982|Action, Adventure|Chang Hsin-yen|HK, CN|少林寺|5
My Memories of Old Beijing|1983|Drama, Family|Wu Yigong|CN|城南旧事|4
Boat People|1982|Drama, War|Ann Hui|HK|投奔怒海|3
Time Stands Still|1982|Drama, Romance|Péter Gothár|HU|时间停顿|2
Return of the Jedi|1983|Science Fiction, Adventure, Action|Richard Marquand|US|星球大战3：绝地归来|4
Scarface|1983|Crime, Drama|Brian De Palma|US|疤面煞星|4
Terms of Endearment|1983|Drama, Comedy|James L. Brooks|US|母女情深|3
Videodrome|1983|Horror, Science Fiction|David Cronenberg|CA|录影带谋杀案|3
Flashdance|1983|Drama, Romance, Musical|Adrian Lyne|US|闪电舞|3
Local Hero|1983|Comedy, Drama|Bill Forsyth|GB|地方英雄|2
Nostalghia|1983|Drama|Andrei Tarkovsky|IT, SU|乡愁|4
And the Ship Sails On|1983|Drama, Comedy, History|Federico Fellini|IT, FR|扬帆|2
L'Argent|1983|Drama, Crime|Robert Bresson|FR, CH|金钱|3
Pauline at the Beach|1983|Comedy, Romance, Drama|Éric Rohmer|FR|沙滩上的宝莲|3
Sans Soleil|1983|Documentary|Chris Marker|FR|日月无光|3
Merry Christmas, Mr. Lawrence|1983|War, Drama|Nagisa Ōshima|JP, GB, NZ|战场上的快乐圣诞|4
The Ballad of Narayama|1983|Drama|Shōhei Imamura|JP|楢山节考|4
The Boys from Fengkuei|1983|Drama|Hou Hsiao-hsien|TW|风柜来的人|3
Growing Up|1983|Drama|Chen Kun-hou|TW|小毕的故事|2
Project A|1983|Action, Comedy, Adventure|Jackie Chan|HK|A计划|4
The Terminator|1984|Science Fiction, Action|James Cameron|US|终结者|5
Amadeus|1984|Biography, Drama, Musical|Miloš Forman|US|莫扎特传|5
Once Upon a Time in America|1984|Crime, Drama|Sergio Leone|IT, US|美国往事|5
Ghostbusters|1984|Comedy, Fantasy|Ivan Reitman|US|捉鬼敢死队|4
Paris, Texas|1984|Drama|Wim Wenders|DE, FR|德州巴黎|4
Indiana Jones and the Temple of Doom|1984|Adventure, Action|Steven Spielberg|US|夺宝奇兵2|4
A Nightmare on Elm Street|1984|Horror|Wes Craven|US|猛鬼街|4
Beverly Hills Cop|1984|Action, Comedy, Crime|Martin Brest|US|比佛利山超级警探|3
The Karate Kid|1984|Sport, Drama, Family|John G. Avildsen|US|龙威小子|3
Gremlins|1984|Comedy, Horror, Fantasy|Joe Dante|US|小精灵|3
Stranger Than Paradise|1984|Comedy, Drama|Jim Jarmusch|US, DE|天堂陌影|3
Blood Simple|1984|Crime, Thriller|Joel Coen, Ethan Coen|US|血迷宫|3
This Is Spinal Tap|1984|Comedy, Musical|Rob Reiner|US|摇滚万岁|3
Dune|1984|Science Fiction, Adventure|David Lynch|US|沙丘|3
The Killing Fields|1984|Drama, War, History|Roland Joffé|GB|杀戮之地|3
A Passage to India|1984|Drama, Adventure, History|David Lean|GB, US|印度之行|3
1984|1984|Drama, Science Fiction|Michael Radford|GB|1984|3
The NeverEnding Story|1984|Fantasy, Adventure, Family|Wolfgang Petersen|DE, US|大魔域|3
Voyage to Cythera|1984|Drama|Theo Angelopoulos|GR, IT, DE|塞瑟岛之旅|2
The Holy Innocents|1984|Drama|Mario Camus|ES|无辜的圣徒|2
Camila|1984|Romance, History, Drama|María Luisa Bemberg|AR|卡米拉|2
Nausicaä of the Valley of the Wind|1984|Animation, Science Fiction, Adventure|Hayao Miyazaki|JP|风之谷|5
The Funeral|1984|Comedy, Drama|Jūzō Itami|JP|葬礼|2
Yellow Earth|1984|Drama|Chen Kaige|CN|黄土地|4
Repentance|1984|Drama, Comedy|Tengiz Abuladze|SU|忏悔|2
Back to the Future|1985|Science Fiction, Comedy, Adventure|Robert Zemeckis|US|回到未来|5
Brazil|1985|Science Fiction, Comedy, Drama|Terry Gilliam|GB|妙想天开|4
Out of Africa|1985|Romance, Drama, Biography|Sydney Pollack|US, GB|走出非洲|4
The Color Purple|1985|Drama|Steven Spielberg|US|紫色|3
Witness|1985|Crime, Thriller, Romance|Peter Weir|US|目击者|3
The Breakfast Club|1985|Comedy, Drama|John Hughes|US|早餐俱乐部|4
The Goonies|1985|Adventure, Comedy, Family|Richard Donner|US|七宝奇谋|3
The Purple Rose of Cairo|1985|Comedy, Fantasy, Romance|Woody Allen|US|开罗紫玫瑰|3
After Hours|1985|Comedy, Crime, Thriller|Martin Scorsese|US|下班后|3
A Room with a View|1985|Romance, Drama|James Ivory|GB|看得见风景的房间|4
My Beautiful Laundrette|1985|Comedy, Drama, Romance|Stephen Frears|GB|我美丽的洗衣店|3
Vagabond|1985|Drama|Agnès Varda|FR|天涯沦落女|3
Come and See|1985|War, Drama|Elem Klimov|SU|自己去看|4
When Father Was Away on Business|1985|Drama, Comedy|Emir Kusturica|YU|爸爸去出差|3
The Official Story|1985|Drama, History|Luis Puenzo|AR|官方说法|3
Ran|1985|War, Drama, Action|Akira Kurosawa|JP, FR|乱|4
Tampopo|1985|Comedy|Jūzō Itami|JP|蒲公英|4
Mishima: A Life in Four Chapters|1985|Biography, Drama|Paul Schrader|US, JP|三岛由纪夫传|3
A Time to Live and a Time to Die|1985|Drama|Hou Hsiao-hsien|TW|童年往事|4
Taipei Story|1985|Drama|Edward Yang|TW|青梅竹马|3
Police Story|1985|Action, Comedy, Crime|Jackie Chan|HK|警察故事|4
Mr. Vampire|1985|Comedy, Horror, Action|Ricky Lau|HK|僵尸先生|4
The Runner|1984|Drama|Amir Naderi|IR|奔跑者|2
Blue Velvet|1986|Mystery, Thriller, Drama|David Lynch|US|蓝丝绒|4
Platoon|1986|War, Drama|Oliver Stone|US|野战排|4
Aliens|1986|Science Fiction, Action, Horror|James Cameron|US, GB|异形2|4
Stand by Me|1986|Drama, Adventure|Rob Reiner|US|伴我同行|4
Top Gun|1986|Action, Drama|Tony Scott|US|壮志凌云|4
Ferris Bueller's Day Off|1986|Comedy|John Hughes|US|春天不是读书天|3
Hannah and Her Sisters|1986|Comedy, Drama|Woody Allen|US|汉娜姐妹|3
The Fly|1986|Horror, Science Fiction, Drama|David Cronenberg|US, CA|变蝇人|3
Down by Law|1986|Comedy, Crime, Drama|Jim Jarmusch|US, DE|不法之徒|3
Children of a Lesser God|1986|Drama, Romance|Randa Haines|US|失宠于上帝的孩子们|3
The Mission|1986|Drama, History, Adventure|Roland Joffé|GB|战火浮生|3
Labyrinth|1986|Fantasy, Adventure, Family|Jim Henson|GB, US|魔幻迷宫|3
The Name of the Rose|1986|Mystery, Thriller, History|Jean-Jacques Annaud|DE, IT, FR|玫瑰之名|3
Betty Blue|1986|Romance, Drama|Jean-Jacques Beineix|FR|巴黎野玫瑰|4
The Green Ray|1986|Drama, Romance, Comedy|Éric Rohmer|FR|绿光|4
Jean de Florette|1986|Drama|Claude Berri|FR, IT|恋恋山城|3
Mauvais Sang|1986|Crime, Romance, Drama|Leos Carax|FR, CH|坏血|3
The Decline of the American Empire|1986|Comedy, Drama|Denys Arcand|CA|美国帝国的衰落|2
The Sacrifice|1986|Drama|Andrei Tarkovsky|SE, FR, GB|牺牲|4
Crocodile Dundee|1986|Comedy, Adventure|Peter Faiman|AU|鳄鱼邓迪|3
Castle in the Sky|1986|Animation, Adventure, Fantasy|Hayao Miyazaki|JP|天空之城|5
A Better Tomorrow|1986|Action, Crime, Drama|John Woo|HK|英雄本色|5
Peking Opera Blues|1986|Action, Comedy, Adventure|Tsui Hark|HK|刀马旦|3
The Terrorizers|1986|Drama, Crime|Edward Yang|TW|恐怖分子|4
Dust in the Wind|1986|Drama, Romance|Hou Hsiao-hsien|TW|恋恋风尘|4
Hibiscus Town|1987|Drama, History|Xie Jin|CN|芙蓉镇|4
The Horse Thief|1986|Drama|Tian Zhuangzhuang|CN|盗马贼|3
Full Metal Jacket|1987|War, Drama|Stanley Kubrick|US, GB|全金属外壳|4
The Untouchables|1987|Crime, Drama, Thriller|Brian De Palma|US|铁面无私|4
RoboCop|1987|Science Fiction, Action, Crime|Paul Verhoeven|US|机械战警|4
Predator|1987|Science Fiction, Action, Horror|John McTiernan|US|铁血战士|4
Dirty Dancing|1987|Romance, Drama, Musical|Emile Ardolino|US|辣身舞|4
Wall Street|1987|Drama, Crime|Oliver Stone|US|华尔街|4
Fatal Attraction|1987|Thriller, Drama, Romance|Adrian Lyne|US|致命诱惑|3
Moonstruck|1987|Comedy, Romance, Drama|Norman Jewison|US|月色撩人|3
The Princess Bride|1987|Fantasy, Adventure, Comedy|Rob Reiner|US|公主新娘|4
Lethal Weapon|1987|Action, Crime, Thriller|Richard Donner|US|致命武器|3
Empire of the Sun|1987|War, Drama|Steven Spielberg|US|太阳帝国|4
Radio Days|1987|Comedy, Drama|Woody Allen|US|无线电时代|2
Maurice|1987|Romance, Drama|James Ivory|GB|莫里斯的情人|4
Withnail & I|1987|Comedy, Drama|Bruce Robinson|GB|我与长指甲|2
The Last Emperor|1987|Biography, History, Drama|Bernardo Bertolucci|IT, GB, CN|末代皇帝|5
Wings of Desire|1987|Fantasy, Romance, Drama|Wim Wenders|DE, FR|柏林苍穹下|4
Au Revoir les Enfants|1987|Drama, War|Louis Malle|FR, DE|再见，孩子们|4
Babette's Feast|1987|Drama|Gabriel Axel|DK|芭贝特之宴|3
Pelle the Conqueror|1987|Drama|Bille August|DK, SE|征服者佩尔|3
My Life as a Dog|1985|Drama, Comedy|Lasse Hallström|SE|狗脸的岁月|3
Blind Chance|1987|Drama|Krzysztof Kieślowski|PL|盲打误撞|3
Law of Desire|1987|Drama, Thriller, Romance|Pedro Almodóvar|ES|欲望法则|2
Where Is the Friend's House?|1987|Drama, Family|Abbas Kiarostami|IR|何处是我朋友的家|4
Yeelen|1987|Fantasy, Drama, Adventure|Souleymane Cissé|ML|光之翼|2
The Emperor's Naked Army Marches On|1987|Documentary, War|Kazuo Hara|JP|前进，神军！|3
A Chinese Ghost Story|1987|Fantasy, Romance, Horror|Ching Siu-tung|HK|倩女幽魂|5
Rouge|1987|Romance, Fantasy, Drama|Stanley Kwan|HK|胭脂扣|4
City on Fire|1987|Crime, Action, Thriller|Ringo Lam|HK|龙虎风云|3
An Autumn's Tale|1987|Romance, Drama|Mabel Cheung|HK|秋天的童话|4
Red Sorghum|1987|Drama, War, Romance|Zhang Yimou|CN|红高粱|5
Old Well|1987|Drama|Wu Tianming|CN|老井|3
Nayakan|1987|Crime, Drama|Mani Ratnam|IN|教父传奇|2
Mr. India|1987|Science Fiction, Action, Comedy|Shekhar Kapur|IN|印度先生|2
Die Hard|1988|Action, Thriller|John McTiernan|US|虎胆龙威|5
Rain Man|1988|Drama|Barry Levinson|US|雨人|5
Who Framed Roger Rabbit|1988|Animation, Comedy, Mystery|Robert Zemeckis|US|谁陷害了兔子罗杰|4
Beetlejuice|1988|Comedy, Fantasy|Tim Burton|US|阴间大法师|3
Big|1988|Comedy, Fantasy, Family|Penny Marshall|US|长大|3
Dangerous Liaisons|1988|Romance, Drama, History|Stephen Frears|US, GB|危险关系|4
Mississippi Burning|1988|Crime, Drama, Thriller|Alan Parker|US|密西西比在燃烧|3
A Fish Called Wanda|1988|Comedy, Crime|Charles Crichton|GB, US|一条名叫旺达的鱼|3
The Last Temptation of Christ|1988|Drama|Martin Scorsese|US, CA|基督最后的诱惑|3
The Unbearable Lightness of Being|1988|Romance, Drama|Philip Kaufman|US|布拉格之恋|4
The Thin Blue Line|1988|Documentary, Crime|Errol Morris|US|细细的蓝线|3
Cinema Paradiso|1988|Drama, Romance|Giuseppe Tornatore|IT, FR|天堂电影院|5
Landscape in the Mist|1988|Drama|Theo Angelopoulos|GR, FR, IT|雾中风景|4
Time of the Gypsies|1988|Drama, Comedy, Crime|Emir Kusturica|YU|流浪者之歌|4
Women on the Verge of a Nervous Breakdown|1988|Comedy, Drama|Pedro Almodóvar|ES|崩溃边缘的女人|3
The Big Blue|1988|Drama, Adventure, Romance|Luc Besson|FR|碧海蓝天|4
Camille Claudel|1988|Biography, Drama, Romance|Bruno Nuytten|FR|罗丹的情人|3
A Short Film About Killing|1988|Drama, Crime|Krzysztof Kieślowski|PL|杀人短片|3
A Short Film About Love|1988|Drama, Romance|Krzysztof Kieślowski|PL|爱情短片|4
Damnation|1988|Drama|Béla Tarr|HU|诅咒|2
Alice|1988|Animation, Fantasy|Jan Švankmajer|CS, CH, GB|爱丽丝|3
The Vanishing|1988|Thriller, Mystery|George Sluizer|NL, FR|神秘失踪|3
Little Vera|1988|Drama, Romance|Vasili Pichul|SU|小薇拉|2
Salaam Bombay!|1988|Drama|Mira Nair|IN, GB, FR|早安孟买|3
My Neighbor Totoro|1988|Animation, Fantasy, Family|Hayao Miyazaki|JP|龙猫|5
Grave of the Fireflies|1988|Animation, War, Drama|Isao Takahata|JP|萤火虫之墓|5
Akira|1988|Animation, Science Fiction, Action|Katsuhiro Otomo|JP|阿基拉|4
As Tears Go By|1988|Crime, Drama, Romance|Wong Kar-wai|HK|旺角卡门|4
The Navigator: A Medieval Odyssey|1988|Fantasy, Adventure|Vincent Ward|NZ, AU||2
Dead Poets Society|1989|Drama|Peter Weir|US|死亡诗社|5
Indiana Jones and the Last Crusade|1989|Adventure, Action|Steven Spielberg|US|夺宝奇兵3|4
Batman|1989|Action, Crime, Fantasy|Tim Burton|US, GB|蝙蝠侠|4
When Harry Met Sally...|1989|Romance, Comedy|Rob Reiner|US|当哈利遇到莎莉|4
The Little Mermaid|1989|Animation, Musical, Family|Ron Clements, John Musker|US|小美人鱼|4
Do the Right Thing|1989|Drama, Comedy|Spike Lee|US|为所应为|3
Back to the Future Part II|1989|Science Fiction, Comedy, Adventure|Robert Zemeckis|US|回到未来2|4
Driving Miss Daisy|1989|Drama, Comedy|Bruce Beresford|US|为黛西小姐开车|3
Sex, Lies, and Videotape|1989|Drama|Steven Soderbergh|US|性、谎言和录像带|3
Field of Dreams|1989|Drama, Fantasy, Sport|Phil Alden Robinson|US|梦幻之地|3
Born on the Fourth of July|1989|Biography, War, Drama|Oliver Stone|US|生于七月四日|3
Crimes and Misdemeanors|1989|Drama, Comedy|Woody Allen|US|罪与错|3
The Cook, the Thief, His Wife & Her Lover|1989|Crime, Drama|Peter Greenaway|GB, FR, NL|厨师、大盗、他的妻子和她的情人|3
My Left Foot|1989|Biography, Drama|Jim Sheridan|IE, GB|我的左脚|3
Jesus of Montreal|1989|Drama, Comedy|Denys Arcand|CA, FR|蒙特利尔的耶稣|2
The Seventh Continent|1989|Drama|Michael Haneke|AT|第七大陆|3
Santa Sangre|1989|Horror, Drama|Alejandro Jodorowsky|IT, MX|圣血|3
Yaaba|1989|Drama|Idrissa Ouédraogo|BF, FR, CH|婆婆|2
A City of Sadness|1989|Drama, History|Hou Hsiao-hsien|TW|悲情城市|5
The Killer|1989|Action, Crime, Thriller|John Woo|HK|喋血双雄|4
God of Gamblers|1989|Comedy, Action, Drama|Wong Jing|HK|赌神|4
Kiki's Delivery Service|1989|Animation, Fantasy, Family|Hayao Miyazaki|JP|魔女宅急便|5
Tetsuo: The Iron Man|1989|Horror, Science Fiction|Shinya Tsukamoto|JP|铁男|3
Violent Cop|1989|Crime, Drama, Action|Takeshi Kitano|JP|凶暴的男人|3
Why Has Bodhi-Dharma Left for the East?|1989|Drama|Bae Yong-kyun|KR|达摩为何东渡|2
`;
