// Films of 1902 to 1939, in the notation of rows.ts. The 1940s and 1950s follow in their own files.
export const filmsEarly = `
A Trip to the Moon|1902|Science Fiction, Fantasy, Adventure|Georges Méliès|FR|月球旅行记|4
The Great Train Robbery|1903|Western, Crime, Action|Edwin S. Porter|US|火车大劫案|3
The Birth of a Nation|1915|Drama, War, History|D. W. Griffith|US|一个国家的诞生|3
Intolerance|1916|Drama, History|D. W. Griffith|US|党同伐异|3
A Dog's Life|1918|Comedy|Charlie Chaplin|US|狗的生活|2
Broken Blossoms|1919|Drama, Romance|D. W. Griffith|US|残花泪|2
The Cabinet of Dr. Caligari|1920|Horror, Mystery, Thriller|Robert Wiene|DE|卡里加里博士的小屋|4
Way Down East|1920|Drama, Romance|D. W. Griffith|US|赖婚|2
The Kid|1921|Comedy, Drama, Family|Charlie Chaplin|US|寻子遇仙记|4
The Phantom Carriage|1921|Drama, Fantasy, Horror|Victor Sjöström|SE|幽灵马车|3
Destiny|1921|Fantasy, Drama|Fritz Lang|DE|三生记|2
Nosferatu|1922|Horror, Fantasy|F. W. Murnau|DE|诺斯费拉图|4
Häxan|1922|Documentary, Horror, Fantasy|Benjamin Christensen|SE, DK|女巫|3
Nanook of the North|1922|Documentary|Robert J. Flaherty|US, FR|北方的纳努克|3
Dr. Mabuse, the Gambler|1922|Crime, Mystery, Thriller|Fritz Lang|DE|玩家马布斯博士|2
Safety Last!|1923|Comedy, Action|Fred C. Newmeyer, Sam Taylor|US|最后安全|3
Our Hospitality|1923|Comedy|Buster Keaton, John G. Blystone|US|待客之道|2
Sherlock Jr.|1924|Comedy, Fantasy|Buster Keaton|US|福尔摩斯二世|4
The Last Laugh|1924|Drama|F. W. Murnau|DE|最卑贱的人|3
The Thief of Bagdad|1924|Adventure, Fantasy|Raoul Walsh|US|月宫宝盒|2
Die Nibelungen: Siegfried|1924|Adventure, Fantasy|Fritz Lang|DE||2
Strike|1925|Drama, History|Sergei Eisenstein|SU|罢工|2
Battleship Potemkin|1925|Drama, History, War|Sergei Eisenstein|SU|战舰波将金号|4
The Gold Rush|1925|Comedy, Adventure|Charlie Chaplin|US|淘金记|4
The Phantom of the Opera|1925|Horror|Rupert Julian|US|歌剧魅影|3
The Big Parade|1925|War, Drama, Romance|King Vidor|US|战地之花|2
Seven Chances|1925|Comedy, Romance|Buster Keaton|US|七次机会|2
The General|1926|Comedy, Action, War|Buster Keaton, Clyde Bruckman|US|将军号|4
Faust|1926|Fantasy, Drama, Horror|F. W. Murnau|DE|浮士德|3
The Adventures of Prince Achmed|1926|Animation, Fantasy, Adventure|Lotte Reiniger|DE|阿基米德王子历险记|2
Mother|1926|Drama, History|Vsevolod Pudovkin|SU|母亲|2
A Page of Madness|1926|Drama, Horror|Teinosuke Kinugasa|JP|疯狂的一页|2
Metropolis|1927|Science Fiction, Drama|Fritz Lang|DE|大都会|5
Sunrise: A Song of Two Humans|1927|Drama, Romance|F. W. Murnau|US|日出|4
Napoleon|1927|Biography, History, War|Abel Gance|FR|拿破仑|3
Wings|1927|War, Drama, Romance|William A. Wellman|US|翼|3
The Jazz Singer|1927|Musical, Drama|Alan Crosland|US|爵士歌王|3
October|1927|Drama, History|Sergei Eisenstein|SU|十月|2
The Lodger|1927|Thriller, Mystery, Crime|Alfred Hitchcock|GB|房客|2
Berlin: Symphony of a Great City|1927|Documentary|Walter Ruttmann|DE|柏林：城市交响曲|2
7th Heaven|1927|Drama, Romance|Frank Borzage|US|七重天|2
Underworld|1927|Crime, Drama, Film Noir|Josef von Sternberg|US|地下世界|2
The Passion of Joan of Arc|1928|Drama, History, Biography|Carl Theodor Dreyer|FR|圣女贞德蒙难记|4
The Circus|1928|Comedy|Charlie Chaplin|US|马戏团|3
The Crowd|1928|Drama|King Vidor|US|群众|3
Steamboat Bill, Jr.|1928|Comedy|Charles Reisner|US|船长二世|2
The Man Who Laughs|1928|Drama, Horror, Romance|Paul Leni|US|笑面人|2
The Wind|1928|Drama, Western|Victor Sjöström|US|风|2
Man with a Movie Camera|1929|Documentary|Dziga Vertov|SU|持摄影机的人|4
Pandora's Box|1929|Drama, Crime|G. W. Pabst|DE|潘多拉的魔盒|3
Un Chien Andalou|1929|Fantasy, Horror|Luis Buñuel|FR|一条安达鲁狗|4
Arsenal|1929|Drama, War|Alexander Dovzhenko|SU|兵工厂|1
All Quiet on the Western Front|1930|War, Drama|Lewis Milestone|US|西线无战事|4
The Blue Angel|1930|Drama, Musical|Josef von Sternberg|DE|蓝天使|3
Earth|1930|Drama|Alexander Dovzhenko|SU|土地|3
L'Age d'Or|1930|Comedy, Drama|Luis Buñuel|FR|黄金时代|2
Morocco|1930|Drama, Romance|Josef von Sternberg|US|摩洛哥|2
Under the Roofs of Paris|1930|Comedy, Romance, Musical|René Clair|FR|巴黎屋檐下|2
M|1931|Crime, Thriller, Mystery|Fritz Lang|DE|M就是凶手|5
City Lights|1931|Comedy, Romance, Drama|Charlie Chaplin|US|城市之光|5
Frankenstein|1931|Horror, Science Fiction|James Whale|US|弗兰肯斯坦|4
Dracula|1931|Horror, Fantasy|Tod Browning|US|德古拉|4
Tabu: A Story of the South Seas|1931|Drama, Romance|F. W. Murnau|US|禁忌|2
The Public Enemy|1931|Crime, Drama|William A. Wellman|US|国民公敌|2
Limite|1931|Drama|Mário Peixoto|BR|极限|1
Vampyr|1932|Horror, Fantasy|Carl Theodor Dreyer|DE, FR|吸血鬼|3
Scarface|1932|Crime, Drama|Howard Hawks|US|疤面人|3
Freaks|1932|Drama, Horror|Tod Browning|US|畸形人|3
Trouble in Paradise|1932|Comedy, Romance, Crime|Ernst Lubitsch|US|天堂里的烦恼|3
Grand Hotel|1932|Drama, Romance|Edmund Goulding|US|大饭店|2
Shanghai Express|1932|Drama, Adventure, Romance|Josef von Sternberg|US|上海快车|2
I Am a Fugitive from a Chain Gang|1932|Crime, Drama, Film Noir|Mervyn LeRoy|US|亡命者|2
I Was Born, But...|1932|Comedy, Drama|Yasujiro Ozu|JP|我出生了，但……|2
Boudu Saved from Drowning|1932|Comedy|Jean Renoir|FR|布杜落水记|2
King Kong|1933|Adventure, Horror, Science Fiction|Merian C. Cooper, Ernest B. Schoedsack|US|金刚|4
Duck Soup|1933|Comedy, War, Musical|Leo McCarey|US|鸭羹|3
The Invisible Man|1933|Horror, Science Fiction|James Whale|US|隐身人|3
Zero for Conduct|1933|Comedy, Drama|Jean Vigo|FR|操行零分|3
42nd Street|1933|Musical, Comedy, Romance|Lloyd Bacon|US|第四十二街|2
The Testament of Dr. Mabuse|1933|Crime, Mystery, Thriller|Fritz Lang|DE|马布斯博士的遗嘱|2
Queen Christina|1933|Biography, Drama, Romance|Rouben Mamoulian|US|瑞典女王|2
It Happened One Night|1934|Comedy, Romance|Frank Capra|US|一夜风流|4
L'Atalante|1934|Drama, Romance|Jean Vigo|FR|驳船亚特兰大号|3
The Thin Man|1934|Comedy, Crime, Mystery|W. S. Van Dyke|US|瘦子|2
The Scarlet Empress|1934|Biography, Drama, History|Josef von Sternberg|US|放荡的女皇|2
The Goddess|1934|Drama|Wu Yonggang|CN|神女|4
A Story of Floating Weeds|1934|Drama|Yasujiro Ozu|JP|浮草物语|2
The 39 Steps|1935|Thriller, Mystery|Alfred Hitchcock|GB|三十九级台阶|4
Bride of Frankenstein|1935|Horror, Science Fiction|James Whale|US|科学怪人的新娘|3
Mutiny on the Bounty|1935|Adventure, Drama, History|Frank Lloyd|US|叛舰喋血记|2
A Night at the Opera|1935|Comedy, Musical|Sam Wood|US|歌剧院之夜|2
Top Hat|1935|Musical, Comedy, Romance|Mark Sandrich|US|礼帽|2
Captain Blood|1935|Action, Adventure, Romance|Michael Curtiz|US|铁血船长|2
Modern Times|1936|Comedy, Drama, Romance|Charlie Chaplin|US|摩登时代|5
Mr. Deeds Goes to Town|1936|Comedy, Romance, Drama|Frank Capra|US|迪兹先生进城|2
My Man Godfrey|1936|Comedy, Romance|Gregory La Cava|US|我的戈弗雷|2
Fury|1936|Crime, Drama, Film Noir|Fritz Lang|US|狂怒|2
The Great Ziegfeld|1936|Biography, Drama, Musical|Robert Z. Leonard|US|歌舞大王齐格菲|2
A Day in the Country|1936|Drama, Romance|Jean Renoir|FR|乡间一日|2
Grand Illusion|1937|Drama, War|Jean Renoir|FR|大幻影|4
Snow White and the Seven Dwarfs|1937|Animation, Family, Fantasy|David Hand|US|白雪公主和七个小矮人|5
Make Way for Tomorrow|1937|Drama, Romance|Leo McCarey|US|明日之歌|3
The Awful Truth|1937|Comedy, Romance|Leo McCarey|US|春闺风月|2
Lost Horizon|1937|Adventure, Drama, Fantasy|Frank Capra|US|消失的地平线|2
Stella Dallas|1937|Drama, Romance|King Vidor|US|慈母心|2
Pépé le Moko|1937|Crime, Drama, Romance|Julien Duvivier|FR|逃犯贝贝|2
Street Angel|1937|Comedy, Drama, Musical|Yuan Muzhi|CN|马路天使|3
Crossroads|1937|Comedy, Drama|Shen Xiling|CN|十字街头|2
Song at Midnight|1937|Horror, Musical|Ma-Xu Weibang|CN|夜半歌声|2
Humanity and Paper Balloons|1937|Drama, History|Sadao Yamanaka|JP|人情纸风船|2
Bringing Up Baby|1938|Comedy, Romance|Howard Hawks|US|育婴奇谭|3
The Adventures of Robin Hood|1938|Adventure, Action, Romance|Michael Curtiz, William Keighley|US|罗宾汉历险记|3
The Lady Vanishes|1938|Mystery, Thriller, Comedy|Alfred Hitchcock|GB|贵妇失踪记|3
Alexander Nevsky|1938|History, War, Drama|Sergei Eisenstein|SU|亚历山大·涅夫斯基|2
You Can't Take It with You|1938|Comedy, Romance, Drama|Frank Capra|US|浮生若梦|3
Holiday|1938|Comedy, Romance, Drama|George Cukor|US|休假日|2
Angels with Dirty Faces|1938|Crime, Drama, Film Noir|Michael Curtiz|US|一世之雄|2
Port of Shadows|1938|Crime, Drama, Romance|Marcel Carné|FR|雾码头|2
Olympia|1938|Documentary, Sport|Leni Riefenstahl|DE|奥林匹亚|2
Gone with the Wind|1939|Drama, Romance, War|Victor Fleming|US|乱世佳人|5
The Wizard of Oz|1939|Fantasy, Musical, Family|Victor Fleming|US|绿野仙踪|5
The Rules of the Game|1939|Comedy, Drama|Jean Renoir|FR|游戏规则|4
Mr. Smith Goes to Washington|1939|Drama, Comedy|Frank Capra|US|史密斯先生到华盛顿|4
Stagecoach|1939|Western, Adventure, Drama|John Ford|US|关山飞渡|4
Ninotchka|1939|Comedy, Romance|Ernst Lubitsch|US|妮诺契卡|3
Wuthering Heights|1939|Drama, Romance|William Wyler|US|呼啸山庄|3
Only Angels Have Wings|1939|Adventure, Drama, Romance|Howard Hawks|US|天使之翼|2
Young Mr. Lincoln|1939|Biography, Drama|John Ford|US|青年林肯|2
The Hunchback of Notre Dame|1939|Drama, Horror, Romance|William Dieterle|US|钟楼怪人|2
The Story of the Last Chrysanthemum|1939|Drama, Romance|Kenji Mizoguchi|JP|残菊物语|2
`;
