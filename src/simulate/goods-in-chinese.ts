/**
 * The goods of `goods.ts` in Chinese, place by place: what a shop whose shoppers read two languages publishes of each
 * product beside its own words. Names of brands and of their lines stay as they are.
 */
import type { Json } from '../domain/item.ts'

/** What was drawn for a product, as places in the lists of `goods.ts`; names are names. */
export interface Drawn {
  readonly shelf: number
  readonly brand: string
  readonly line: string
  readonly adjective: number
  readonly noun: number
  readonly material: number
  /** -1 for none. */
  readonly colour: number
  readonly style: number
  readonly gender: number
  readonly season: keyof typeof seasons | null
  /** The two words of a book's title. */
  readonly book: readonly [first: number, second: number] | null
}

/** Path | nouns | materials, row for row and word for word those of `goods.ts`. */
const shelfTable = `
服饰 > 上装 > T恤 | 圆领T恤, 口袋T恤, 长袖T恤 | 有机棉, 平纹针织, 亚麻
服饰 > 上装 > 衬衫 | 牛津衬衫, 法兰绒衬衫, 衬衫外套 | 棉府绸, 法兰绒, 亚麻
服饰 > 上装 > 针织衫 | 麻花毛衣, 高领毛衣, 开衫 | 美利奴羊毛, 羔羊毛, 棉针织
服饰 > 下装 > 牛仔裤 | 直筒牛仔裤, 修身牛仔裤, 阔腿牛仔裤 | 赤耳丹宁, 弹力丹宁
服饰 > 下装 > 长裤 | 斜纹裤, 褶裥长裤, 灯芯绒裤 | 斜纹布, 羊毛混纺, 灯芯绒
服饰 > 下装 > 短裤 | 斜纹短裤, 亚麻短裤, 泳裤 | 棉, 亚麻, 速干面料
服饰 > 外套 > 大衣 | 羊毛大衣, 派克大衣, 风衣 | 羊毛混纺, 打蜡棉, 华达呢
服饰 > 外套 > 夹克 | 牛仔夹克, 飞行员夹克, 绗缝夹克 | 丹宁, 再生尼龙, 麂皮
服饰 > 鞋履 > 运动鞋 | 低帮运动鞋, 板鞋, 慢跑鞋 | 皮革, 针织面料, 帆布
服饰 > 鞋履 > 靴子 | 切尔西靴, 系带靴, 短靴 | 皮革, 磨砂革, 麂皮
服饰 > 鞋履 > 凉鞋 | 拖鞋, 绑带凉鞋, 草编鞋 | 皮革, 软木, 黄麻
服饰 > 配饰 > 腰带 | 正装腰带, 编织腰带 | 皮革, 织带
服饰 > 配饰 > 围巾 | 围巾, 围脖, 披肩 | 羊绒混纺, 羔羊毛, 真丝
服饰 > 配饰 > 袜子 | 短袜, 靴袜, 正装袜 | 精梳棉, 美利奴羊毛, 竹纤维
家居 > 卧室 > 床品 | 被套, 床单套装, 枕套两件装 | 密织棉, 水洗亚麻, 贡缎
家居 > 卧室 > 枕头 | 记忆枕, 羽绒枕, 长抱枕 | 记忆棉, 羽毛, 超细纤维
家居 > 客厅 > 灯具 | 台灯, 落地灯, 吊灯 | 黄铜, 藤编, 乳白玻璃
家居 > 客厅 > 灯泡 | 灯丝灯泡, 可调光灯泡, 球形灯泡 | 透明玻璃, 磨砂玻璃
家居 > 客厅 > 地毯 | 平织地毯, 长毛地毯, 走廊地毯 | 羊毛, 黄麻, 再生棉
家居 > 客厅 > 靠垫 | 靠垫, 圆柱靠枕, 坐垫 | 天鹅绒, 亚麻, 圈圈绒
家居 > 客厅 > 盖毯 | 盖毯, 毛毯 | 羊驼毛混纺, 华夫格棉, 摇粒绒
家居 > 客厅 > 蜡烛 | 香薰蜡烛, 柱形蜡烛, 茶蜡套装 | 大豆蜡, 蜂蜡
家居 > 收纳 > 收纳篮 | 洗衣篮, 储物篮, 铁丝筐 | 海草, 毛毡, 钢
厨房 > 锅具 > 平底锅 | 煎锅, 炒锅, 牛排煎锅 | 铸铁, 不锈钢, 碳钢
厨房 > 锅具 > 汤锅 | 炖锅, 高汤锅, 奶锅套装 | 珐琅铸铁, 不锈钢
厨房 > 锅具 > 烘焙模具 | 吐司模, 蛋糕模, 烤盘 | 碳钢, 硅胶, 炻瓷
厨房 > 工具 > 刀具 | 主厨刀, 三德刀, 面包刀 | 高碳钢, 大马士革钢
厨房 > 工具 > 砧板 | 砧板, 切肉板 | 橡木, 竹, 相思木
厨房 > 工具 > 厨具 | 锅铲套装, 打蛋器, 汤勺 | 榉木, 硅胶, 钢
厨房 > 咖啡 > 咖啡器具 | 手冲套装, 意式咖啡机, 法压壶 | 耐热玻璃, 钢
厨房 > 咖啡 > 咖啡豆 | 意式烘焙咖啡豆, 手冲烘焙咖啡豆, 低因咖啡豆 | 单一产地, 自家拼配
厨房 > 咖啡 > 咖啡滤纸 | 锥形滤纸, 篮形滤纸 | 原色纸, 麻纸
厨房 > 咖啡 > 杯子 | 马克杯, 浓缩咖啡杯, 随行杯 | 炻瓷, 瓷, 钢
厨房 > 咖啡 > 茶 | 绿茶, 早餐茶, 花草茶 | 散茶, 三角茶包
电子 > 手机 > 智能手机 | 智能手机 128 GB, 智能手机 256 GB | 铝, 陶瓷玻璃
电子 > 手机 > 手机壳 | 手机壳, 翻盖手机壳, 防摔手机壳 | 硅胶, 皮革, 软木
电子 > 手机 > 充电器 | USB-C充电器, 无线充电器, 充电宝 | 再生塑料, 铝
电子 > 音频 > 耳机 | 头戴式耳机, 入耳式耳机, 运动耳机 | 哑光塑料, 铝
电子 > 音频 > 音箱 | 便携音箱, 书架音箱, 回音壁 | 胡桃木, 铝
电子 > 电脑 > 键盘 | 机械键盘, 紧凑键盘 | 铝, PBT塑料
电子 > 电脑 > 鼠标 | 无线鼠标, 人体工学鼠标 | 亲肤塑料, 镁合金
电子 > 电脑 > 电池 | 五号电池, 七号电池, 纽扣电池 | 碱性, 可充电
户外 > 露营 > 帐篷 | 圆顶帐篷, 隧道帐篷, 徒步帐篷 | 防撕裂尼龙, 涤棉
户外 > 露营 > 睡袋 | 木乃伊睡袋, 夏季睡袋, 羽绒睡袋 | 羽绒, 化纤填充
户外 > 露营 > 防潮垫 | 充气垫, 泡沫垫 | 防撕裂面料, 闭孔泡沫
户外 > 露营 > 露营炉具 | 燃气炉, 酒精炉, 炊具套装 | 钛, 阳极氧化铝
户外 > 露营 > 气罐 | 气罐 230 g, 气罐 450 g | 丁烷丙烷混合气
户外 > 徒步 > 背包 | 日用背包 22 L, 徒步背包 50 L, 卷口背包 | 再生尼龙, 帆布
户外 > 徒步 > 水壶 | 保温水壶, 随身酒壶, 水袋 | 不锈钢, 共聚酯
户外 > 徒步 > 头灯 | 头灯, 跑步灯 | 铝, 再生塑料
美妆 > 护肤 > 面霜 | 日霜, 晚霜, 凝霜 | 透明质酸, 乳木果油, 烟酰胺
美妆 > 护肤 > 洁面 | 洁面泡沫, 卸妆膏, 卸妆水 | 燕麦, 绿茶, 芦荟
美妆 > 护肤 > 精华 | 维C精华, 视黄醇精华, 保湿精华 | 角鲨烷, 维生素C, 多肽
美妆 > 护肤 > 防晒 | 防晒霜 SPF 50, 防晒乳 SPF 30, 晒后修复凝胶 | 物理防晒, 芦荟
美妆 > 护发 > 洗发水 | 洗发水, 洗发皂, 免洗干发喷雾 | 摩洛哥坚果油, 角蛋白, 迷迭香
美妆 > 护发 > 护发素 | 护发素, 发膜, 免洗护发喷雾 | 摩洛哥坚果油, 椰子, 角蛋白
美妆 > 彩妆 > 口红 | 口红, 唇釉, 润唇膏 | 缎光, 哑光
美妆 > 彩妆 > 睫毛膏 | 睫毛膏, 眉胶, 眼线笔 | 防水配方, 纯素配方
图书 > 小说 > 长篇小说 | 小说 | 平装, 精装
图书 > 小说 > 犯罪小说 | 犯罪小说 | 平装, 精装
图书 > 小说 > 奇幻小说 | 奇幻小说 | 平装, 精装
图书 > 知识 > 菜谱 | 菜谱 | 精装, 布面精装
图书 > 知识 > 旅行指南 | 旅行指南 | 平装
图书 > 纸品 > 书签 | 书签套装, 阅读灯 | 黄铜, 皮革, 卡纸
玩具 > 拼搭 > 积木 | 积木套装, 弹珠轨道, 拼搭玩具 | 榉木, 再生塑料
玩具 > 拼搭 > 玩具车 | 火车套装, 翻斗车, 赛车 | 枫木, 压铸金属
玩具 > 游戏 > 桌游 | 策略桌游, 家庭桌游, 纸牌游戏 | 亚麻纹卡纸, 木
玩具 > 游戏 > 拼图 | 500片拼图, 1000片拼图, 地板拼图 | 再生纸板, 胶合板
玩具 > 毛绒 > 毛绒玩具 | 毛绒小熊, 毛绒兔子, 毛绒狐狸 | 长毛绒, 有机棉
园艺 > 种植 > 种子 | 番茄种子, 野花混合种子, 香草种子 | 有机种子, 传家种子
园艺 > 种植 > 培养土 | 盆栽土, 育苗土, 植物肥料 | 无泥炭配方, 蚯蚓粪
园艺 > 种植 > 花盆 | 花盆, 吊盆, 窗台花箱 | 陶土, 釉陶, 镀锌铁
园艺 > 工具 > 园艺工具 | 手铲, 修枝剪, 花园铲 | 白蜡木与钢, 碳钢
园艺 > 工具 > 园艺手套 | 园艺手套, 修剪手套 | 山羊皮, 竹纤维与乳胶
运动 > 健身 > 瑜伽 | 瑜伽垫, 瑜伽砖两件装, 瑜伽抱枕 | 天然橡胶, 软木
运动 > 健身 > 力量器材 | 哑铃两件装, 壶铃, 弹力带 | 铸铁, 氯丁橡胶, 乳胶
运动 > 健身 > 蛋白粉 | 乳清蛋白粉, 豌豆蛋白粉, 能量棒 | 香草味, 可可味, 莓果味
运动 > 骑行 > 自行车灯 | 自行车灯套装, 尾灯 | 铝, 聚碳酸酯
运动 > 骑行 > 骑行头盔 | 公路头盔, 城市头盔, 山地头盔 | 一体成型外壳, EPS泡沫
运动 > 跑步 > 跑鞋 | 公路跑鞋, 越野跑鞋 | 网布, 再生针织
`

const listed = (text: string): string[] => text.split(', ')

const shelves = shelfTable
  .trim()
  .split('\n')
  .map((row) => {
    const [path, nouns, materials] = row.split(' | ')
    return { path: path.split(' > '), nouns: listed(nouns), materials: listed(materials) }
  })

const colours = listed('黑色, 白色, 藏青色, 灰色, 森林绿, 陶土色, 沙色, 酒红色, 芥末黄, 天蓝色, 腮红粉, 丁香紫')

/** A style, the adjectives that say it, what a book of it is, and what a description says of it. */
const styles = [
  ['极简', ['极简', '素色', '修身'], '质朴', '没有一处多余。'],
  ['经典', ['经典', '隽永', '传承'], '经典', '几十年来始终合宜的款式。'],
  ['硬朗', ['硬朗', '坚固', '耐磨'], '硬派', '为高强度使用而生。'],
  ['活泼', ['活泼', '明亮', '欢快'], '诙谐', '为日常添一点乐趣。'],
  ['自然', ['自然', '原色', '大地色系'], '田园', '温和的材料，少加工。'],
  ['现代', ['现代', '流线', '都市'], '当代', '属于今天的清晰线条。'],
  ['复古', ['复古', '怀旧', '老派'], '历史', '看上去就有故事。'],
  ['高级', ['高级', '招牌', '精选'], '获奖', '每个细节都精心打磨。'],
] as const

const genders = listed('中性, 女士, 男士, 儿童')
/** In a title; nothing where anybody may wear it. */
const wearers = ['', '女款', '男款', '童款'] as const
const seasons = { winter: '冬季', spring: '春季', summer: '夏季', autumn: '秋季' } as const

const bookFirst = listed('寂静, 盐, 玻璃, 最后, 歪斜, 隐秘, 冬日, 纸, 燃烧, 遥远, 银色, 借来, 空心, 北方')
const bookSecond = listed('港湾, 果园, 信, 灯塔, 花园, 道路, 厨房, 河流, 地图, 女儿, 岛屿, 钟表匠, 餐桌')

/** The parts of a record that are words, under the names they have in the record itself. */
export function inChinese(drawn: Drawn): { readonly [attribute: string]: Json } {
  const { path, nouns, materials } = shelves[drawn.shelf]
  const [lvl0, group, name] = path
  const [style, adjectives, mood, sentence] = styles[drawn.style]
  const [noun, material] = [nouns[drawn.noun], materials[drawn.material]]
  const colour = drawn.colour < 0 ? null : colours[drawn.colour]
  const words =
    drawn.book === null
      ? {
          title: `${drawn.brand} ${drawn.line} ${wearers[drawn.gender]}${adjectives[drawn.adjective]}${noun}${colour === null ? '' : `，${colour}`}`,
          description: `${drawn.brand} ${drawn.line} 系列${noun}，材质为${material}。${sentence}`,
        }
      : {
          title: `《${bookFirst[drawn.book[0]]}的${bookSecond[drawn.book[1]]}》：${mood}${noun}`,
          description: `${mood}${noun}，${material}，出自 ${drawn.brand} 的 ${drawn.line} 书系。`,
        }
  return {
    ...words,
    categories: path,
    hierarchicalCategories: { lvl0, lvl1: `${lvl0} > ${group}`, lvl2: `${lvl0} > ${group} > ${name}` },
    ...(colour === null ? {} : { color: colour }),
    material,
    style,
    ...(drawn.gender === 0 ? {} : { gender: genders[drawn.gender] }),
    ...(drawn.season === null ? {} : { season: seasons[drawn.season] }),
  }
}
