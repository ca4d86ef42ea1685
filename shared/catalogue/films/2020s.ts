// Films of the 2020s, in the notation of rows.ts.
export const films2020s = `
Nomadland|2020|Drama|Chloé Zhao|US|无依之地|3
Soul|2020|Animation, Family, Fantasy|Pete Docter|US|心灵奇旅|5
Tenet|2020|Science Fiction, Action, Thriller|Christopher Nolan|US, GB|信条|4
The Father|2020|Drama|Florian Zeller|GB, FR|困在时间里的父亲|4
Promising Young Woman|2020|Thriller, Crime, Drama|Emerald Fennell|US, GB|前程似锦的女孩|4
Minari|2020|Drama|Lee Isaac Chung|US|米纳里|3
Mank|2020|Biography, Drama|David Fincher|US|曼克|2
The Trial of the Chicago 7|2020|Drama, History|Aaron Sorkin|US, GB|芝加哥七君子审判|3
Palm Springs|2020|Comedy, Romance, Fantasy|Max Barbakow|US|棕榈泉|3
The Invisible Man|2020|Horror, Thriller, Science Fiction|Leigh Whannell|US, AU|隐形人|3
Wolfwalkers|2020|Animation, Fantasy, Adventure|Tomm Moore, Ross Stewart|IE, LU, FR|狼行者|4
Another Round|2020|Comedy, Drama|Thomas Vinterberg|DK, SE, NL|酒精计划|4
Quo Vadis, Aida?|2020|War, Drama, History|Jasmila Žbanić|BA, AT, RO|艾达怎么了|3
There Is No Evil|2020|Drama|Mohammad Rasoulof|IR, DE, CZ|无邪|3
My Octopus Teacher|2020|Documentary|Pippa Ehrlich, James Reed|ZA|我的章鱼老师|4
Demon Slayer: Mugen Train|2020|Animation, Action, Fantasy|Haruo Sotozaki|JP|鬼灭之刃剧场版：无限列车篇|4
The Eight Hundred|2020|War, Drama, History|Guan Hu|CN|八佰|4
Your Name Engraved Herein|2020|Romance, Drama|Patrick Liu|TW|刻在你心底的名字|3
Dune|2021|Science Fiction, Adventure, Drama|Denis Villeneuve|US|沙丘|5
Spider-Man: No Way Home|2021|Action, Science Fiction, Adventure|Jon Watts|US|蜘蛛侠：英雄无归|4
No Time to Die|2021|Action, Thriller, Adventure|Cary Joji Fukunaga|GB, US|007：无暇赴死|4
Encanto|2021|Animation, Musical, Family|Jared Bush, Byron Howard|US|魔法满屋|4
Luca|2021|Animation, Family, Fantasy|Enrico Casarosa|US|夏日友晴天|4
CODA|2021|Drama, Comedy, Musical|Sian Heder|US, FR|健听女孩|4
Don't Look Up|2021|Comedy, Science Fiction|Adam McKay|US|不要抬头|4
The French Dispatch|2021|Comedy, Drama, Romance|Wes Anderson|US, DE|法兰西特派|3
Licorice Pizza|2021|Comedy, Drama, Romance|Paul Thomas Anderson|US|甘草披萨|3
West Side Story|2021|Musical, Romance, Crime|Steven Spielberg|US|西区故事|3
Belfast|2021|Drama|Kenneth Branagh|GB|贝尔法斯特|3
Last Night in Soho|2021|Horror, Mystery, Thriller|Edgar Wright|GB|苏豪区惊魂夜|3
The Power of the Dog|2021|Western, Drama|Jane Campion|NZ, AU, GB|犬之力|3
Titane|2021|Horror, Science Fiction, Drama|Julia Ducournau|FR, BE|钛|3
Petite Maman|2021|Drama, Fantasy|Céline Sciamma|FR|小妈妈|3
The Worst Person in the World|2021|Romance, Comedy, Drama|Joachim Trier|NO, FR, SE|世界上最糟糕的人|4
Lamb|2021|Horror, Drama, Fantasy|Valdimar Jóhannsson|IS, SE, PL|羊崽|3
Flee|2021|Animation, Documentary, Biography|Jonas Poher Rasmussen|DK, FR, SE|逃亡|3
The Hand of God|2021|Drama|Paolo Sorrentino|IT|上帝之手|3
Parallel Mothers|2021|Drama|Pedro Almodóvar|ES|平行母亲|3
Great Freedom|2021|Drama, Romance|Sebastian Meise|AT, DE|伟大的自由|2
Bad Luck Banging or Loony Porn|2021|Comedy, Drama|Radu Jude|RO, LU, CZ|倒霉性爱，发狂黄片|2
Compartment No. 6|2021|Drama, Romance|Juho Kuosmanen|FI, DE, EE|六号车厢|3
A Hero|2021|Drama, Thriller|Asghar Farhadi|IR, FR|一个英雄|3
Memoria|2021|Drama, Mystery|Apichatpong Weerasethakul|CO, TH, GB|记忆|3
Drive My Car|2021|Drama|Ryusuke Hamaguchi|JP|驾驶我的车|4
Belle|2021|Animation, Science Fiction, Fantasy|Mamoru Hosoda|JP|龙与雀斑公主|3
Escape from Mogadishu|2021|Action, Drama, Thriller|Ryoo Seung-wan|KR|摩加迪沙|3
Hi, Mom|2021|Comedy, Fantasy, Drama|Jia Ling|CN|你好，李焕英|4
The Battle at Lake Changjin|2021|War, Action, History|Chen Kaige, Tsui Hark, Dante Lam|CN|长津湖|4
Limbo|2021|Crime, Thriller|Soi Cheang|HK|智齿|3
The Falls|2021|Drama|Chung Mong-hong|TW|瀑布|3
Everything Everywhere All at Once|2022|Science Fiction, Comedy, Action|Daniel Kwan, Daniel Scheinert|US|瞬息全宇宙|4
Top Gun: Maverick|2022|Action, Drama|Joseph Kosinski|US|壮志凌云2：独行侠|4
The Batman|2022|Crime, Mystery, Action|Matt Reeves|US|新蝙蝠侠|4
Avatar: The Way of Water|2022|Science Fiction, Adventure, Action|James Cameron|US|阿凡达：水之道|4
The Fabelmans|2022|Drama|Steven Spielberg|US|造梦之家|3
Tár|2022|Drama|Todd Field|US, DE|塔尔|3
Babylon|2022|Comedy, Drama, History|Damien Chazelle|US|巴比伦|3
Nope|2022|Horror, Science Fiction, Mystery|Jordan Peele|US|不|3
Elvis|2022|Biography, Musical, Drama|Baz Luhrmann|AU, US|猫王|3
The Whale|2022|Drama|Darren Aronofsky|US|鲸|3
Puss in Boots: The Last Wish|2022|Animation, Adventure, Family|Joel Crawford|US|穿靴子的猫2|4
Guillermo del Toro's Pinocchio|2022|Animation, Fantasy, Musical|Guillermo del Toro, Mark Gustafson|US, MX|匹诺曹|4
Aftersun|2022|Drama|Charlotte Wells|GB, US|晒后假日|4
The Banshees of Inisherin|2022|Comedy, Drama|Martin McDonagh|IE, GB, US|伊尼舍林的报丧女妖|3
The Quiet Girl|2022|Drama|Colm Bairéad|IE|安静的女孩|3
Triangle of Sadness|2022|Comedy, Drama|Ruben Östlund|SE, FR, GB|悲情三角|4
Close|2022|Drama|Lukas Dhont|BE, FR, NL|亲密|3
All Quiet on the Western Front|2022|War, Drama|Edward Berger|DE, GB, US|西线无战事|4
The Eight Mountains|2022|Drama|Felix van Groeningen, Charlotte Vandermeersch|IT, BE, FR|八座山|3
The Beasts|2022|Thriller, Drama|Rodrigo Sorogoyen|ES, FR|野兽|3
EO|2022|Drama|Jerzy Skolimowski|PL, IT|驴叫|3
Holy Spider|2022|Crime, Thriller, Drama|Ali Abbasi|DK, DE, SE|圣蛛|3
Argentina, 1985|2022|Drama, History, Crime|Santiago Mitre|AR, US|阿根廷，1985|3
Saint Omer|2022|Drama|Alice Diop|FR|圣奥梅尔|2
Joyland|2022|Drama, Romance|Saim Sadiq|PK, US|乐园|2
RRR|2022|Action, Drama, Adventure|S. S. Rajamouli|IN|RRR|3
Suzume|2022|Animation, Fantasy, Adventure|Makoto Shinkai|JP|铃芽之旅|4
The First Slam Dunk|2022|Animation, Sport, Drama|Takehiko Inoue|JP|灌篮高手|5
Plan 75|2022|Drama, Science Fiction|Chie Hayakawa|JP, FR, PH|75岁计划|3
Decision to Leave|2022|Mystery, Romance, Drama|Park Chan-wook|KR|分手的决心|4
Broker|2022|Drama, Crime|Hirokazu Kore-eda|KR|掮客|3
Return to Dust|2022|Drama, Romance|Li Ruijun|CN|隐入尘烟|4
Marry My Dead Body|2022|Comedy, Mystery, Fantasy|Cheng Wei-hao|TW|关于我和鬼变成家人的那件事|4
Oppenheimer|2023|Biography, History, Drama|Christopher Nolan|US, GB|奥本海默|5
Barbie|2023|Comedy, Fantasy|Greta Gerwig|US, GB|芭比|4
Killers of the Flower Moon|2023|Crime, History, Drama|Martin Scorsese|US|花月杀手|3
Past Lives|2023|Romance, Drama|Celine Song|US, KR|过往人生|4
The Holdovers|2023|Comedy, Drama|Alexander Payne|US|留校联盟|4
Spider-Man: Across the Spider-Verse|2023|Animation, Action, Science Fiction|Joaquim Dos Santos, Kemp Powers, Justin K. Thompson|US|蜘蛛侠：纵横宇宙|4
American Fiction|2023|Comedy, Drama|Cord Jefferson|US|美国小说|3
Elemental|2023|Animation, Romance, Family|Peter Sohn|US|疯狂元素城|4
Poor Things|2023|Comedy, Science Fiction, Drama|Yorgos Lanthimos|IE, GB, US|可怜的东西|4
The Zone of Interest|2023|Drama, History, War|Jonathan Glazer|GB, PL, US|利益区域|4
All of Us Strangers|2023|Drama, Romance, Fantasy|Andrew Haigh|GB, US|都是陌生人|3
Talk to Me|2022|Horror, Thriller|Danny Philippou, Michael Philippou|AU|鬼手|3
Anatomy of a Fall|2023|Drama, Crime, Mystery|Justine Triet|FR|坠落的审判|4
There's Still Tomorrow|2023|Comedy, Drama|Paola Cortellesi|IT|还有明天|4
La Chimera|2023|Drama, Romance, Adventure|Alice Rohrwacher|IT, FR, CH|奇美拉|3
Society of the Snow|2023|Drama, Adventure, History|J. A. Bayona|ES, US|雪之社会|4
Robot Dreams|2023|Animation, Comedy, Drama|Pablo Berger|ES, FR|机器人之梦|4
Fallen Leaves|2023|Comedy, Romance, Drama|Aki Kaurismäki|FI, DE|枯叶|4
The Teachers' Lounge|2023|Drama, Thriller|İlker Çatak|DE|教师休息室|3
About Dry Grasses|2023|Drama|Nuri Bilge Ceylan|TR, FR, DE|枯草|3
Four Daughters|2023|Documentary|Kaouther Ben Hania|TN, FR, DE|四个女儿|2
20 Days in Mariupol|2023|Documentary, War|Mstyslav Chernov|UA, US|马里乌波尔20天|3
Perfect Days|2023|Drama|Wim Wenders|JP, DE|完美的日子|4
The Boy and the Heron|2023|Animation, Fantasy, Adventure|Hayao Miyazaki|JP|你想活出怎样的人生|4
Monster|2023|Drama, Mystery|Hirokazu Kore-eda|JP|怪物|4
Godzilla Minus One|2023|Science Fiction, Action, Drama|Takashi Yamazaki|JP|哥斯拉-1.0|4
12.12: The Day|2023|History, Thriller, Drama|Kim Sung-su|KR|首尔之春|4
The Wandering Earth II|2023|Science Fiction, Action, Adventure|Frant Gwo|CN|流浪地球2|5
Deep Sea|2023|Animation, Fantasy, Family|Tian Xiaopeng|CN|深海|4
Chang'an|2023|Animation, History, Biography|Xie Junwei, Zou Jing|CN|长安三万里|4
Full River Red|2023|Mystery, Comedy, History|Zhang Yimou|CN|满江红|4
The Goldfinger|2023|Crime, Drama, Thriller|Felix Chong|HK, CN|金手指|3
Time Still Turns the Pages|2023|Drama|Nick Cheuk|HK|年少日记|4
Inside the Yellow Cocoon Shell|2023|Drama|Pham Thien An|VN, SG, FR|金色茧房|2
Dune: Part Two|2024|Science Fiction, Adventure, Drama|Denis Villeneuve|US|沙丘2|5
Inside Out 2|2024|Animation, Family, Comedy|Kelsey Mann|US|头脑特工队2|4
The Wild Robot|2024|Animation, Science Fiction, Family|Chris Sanders|US|荒野机器人|4
Anora|2024|Comedy, Drama, Romance|Sean Baker|US|阿诺拉|4
The Brutalist|2024|Drama|Brady Corbet|US, GB, HU|粗野派|3
Challengers|2024|Romance, Sport, Drama|Luca Guadagnino|US|挑战者|3
Wicked|2024|Musical, Fantasy|Jon M. Chu|US|魔法坏女巫|4
Civil War|2024|Action, Thriller, War|Alex Garland|US, GB|美国内战|3
Nosferatu|2024|Horror, Fantasy|Robert Eggers|US|诺斯费拉图|3
Conclave|2024|Thriller, Drama, Mystery|Edward Berger|GB, US|秘密会议|4
The Substance|2024|Horror, Science Fiction, Drama|Coralie Fargeat|FR, GB, US|某种物质|4
Furiosa: A Mad Max Saga|2024|Action, Adventure, Science Fiction|George Miller|AU, US|疯狂的麦克斯：狂暴女神|4
Memoir of a Snail|2024|Animation, Comedy, Drama|Adam Elliot|AU|蜗牛回忆录|3
Emilia Pérez|2024|Musical, Crime, Drama|Jacques Audiard|FR|艾米莉亚·佩雷斯|3
Flow|2024|Animation, Adventure, Fantasy|Gints Zilbalodis|LV, FR, BE|猫猫的奇幻漂流|4
The Seed of the Sacred Fig|2024|Drama, Thriller, Crime|Mohammad Rasoulof|DE, FR, IR|神圣的无花果之种|3
No Other Land|2024|Documentary|Basel Adra, Hamdan Ballal, Yuval Abraham, Rachel Szor|PS, NO|别无他乡|3
I'm Still Here|2024|Drama, Biography, History|Walter Salles|BR, FR|我仍在此|3
All We Imagine as Light|2024|Drama, Romance|Payal Kapadia|IN, FR, NL|想象之光|3
Maharaja|2024|Thriller, Action, Crime|Nithilan Saminathan|IN|因果报应|4
How to Make Millions Before Grandma Dies|2024|Drama, Comedy, Family|Pat Boonnitipat|TH|姥姥的外孙|4
Exhuma|2024|Horror, Mystery, Thriller|Jang Jae-hyun|KR|破墓|4
Look Back|2024|Animation, Drama|Kiyotaka Oshiyama|JP|蓦然回首|4
YOLO|2024|Comedy, Sport, Drama|Jia Ling|CN|热辣滚烫|4
Caught by the Tides|2024|Drama, Romance|Jia Zhangke|CN|风流一代|3
Black Dog|2024|Drama|Guan Hu|CN|狗阵|3
Her Story|2024|Comedy, Drama|Shao Yihui|CN|好东西|4
Twilight of the Warriors: Walled In|2024|Action, Crime|Soi Cheang|HK, CN|九龙城寨之围城|4
The Last Dance|2024|Drama|Anselm Chan|HK|破·地狱|4
`;
