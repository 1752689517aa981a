/** How each figure comes about: the formula and where its numbers come from; every figure on a page points here. */
type Explanation = { readonly name: Pair; readonly formula: Pair; readonly source: Pair }
type Pair = readonly [english: string, chinese: string]

const board: Pair = [
  'The report kept with the generation (GET /haggle/v1/generations/{id} → report.surfaces). The whole catalogue is ranked for each row; nothing is sampled.',
  '与该代一同保存的报告（GET /haggle/v1/generations/{id} → report.surfaces）。每行对整个目录排序，不抽样。',
]

export const explanations = {
  audit: {
    name: ['the audit log', '审计日志'],
    formula: [
      'Each line: SHA-256 over the line and the hash of the line before. A line that was changed, removed or put in between does not fit the next. Shoppers and keys stand there as fingerprints.',
      '每行：对该行及前一行的哈希作 SHA-256。被改、被删或插入的行与下一行对不上。顾客与密钥以指纹记录。',
    ],
    source: [
      'GET /haggle/v1/audit and /audit/verify, the same as `haggle audit` and `haggle audit verify`. A line is stored before the change it tells of is acknowledged.',
      'GET /haggle/v1/audit 与 /audit/verify，同 `haggle audit` 与 `haggle audit verify`。每行在其所述更改确认之前已存储。',
    ],
  },
  metric: {
    name: ['the metric', '该指标'],
    formula: [
      'P@N hits / N. R@N hits / what was to be found. G@N Σ 1/log2(rank + 1) over hits, divided by the best possible sum (NDCG). M@N 1 / rank of the first hit. Averaged over the rows asked.',
      'P@N = 命中数 / N；R@N = 命中数 / 应找到数；G@N = 命中处 Σ 1/log2(名次+1) 除以最佳可能值（NDCG）；M@N = 首个命中名次的倒数。对所有行取平均。',
    ],
    source: board,
  },
  interval: {
    name: ['the interval', '区间'],
    formula: [
      'Bootstrap: rows are drawn with replacement; the middle 95 % of the means. “To the best” pairs row by row: where its interval holds 0, the two cannot be told apart on these rows.',
      '自助法：有放回抽取行，取均值的中间 95%。“与最佳之差”逐行配对：若区间含 0，则在这些行上两者无法区分。',
    ],
    source: board,
  },
  coverage: {
    name: ['coverage', '覆盖率'],
    formula: [
      'Share of the catalogue that is in at least one list at the largest cutoff. Gini: 0 where all products are shown alike, 1 where one has all. Novelty: mean −log2 of the share of rows that know a shown product.',
      '在最大截断处至少出现在一个列表中的商品占比。基尼：0 表示均等展示，1 表示集中于一个。新颖度：所示商品被已知比例的 −log2 均值。',
    ],
    source: board,
  },
  cost: {
    name: ['the cost', '成本'],
    formula: [
      'Seconds the model took to learn its table, and milliseconds to score the whole catalogue for one row, both as measured during this training on this machine.',
      '模型学习其数据表所用的秒数，以及为一行给整个目录打分的毫秒数，均在本机此次训练时测得。',
    ],
    source: board,
  },
  losses: {
    name: ['the losses', '损失'],
    formula: [
      'discriminator: how badly it tells chosen or real from proposed. generator: the weighted part of the adversary (for cfgan: how badly generated profiles pass, and zero reconstruction). total: their sum, reported every epoch.',
      'discriminator：判别器区分真实与生成的困难程度。generator：对抗部分的加权损失（cfgan 为生成画像未能通过的程度加零重构）。total：两者之和，每轮报告。',
    ],
    source: [
      'Told by the thread that learns, epoch by epoch (GET /haggle/v1/training); kept in the report as curves.',
      '由学习线程逐轮报告（GET /haggle/v1/training），并保存在报告的 curves 中。',
    ],
  },
  certificate: {
    name: ['the certificate', '证书'],
    formula: [
      'L = E softplus(−D(real)) + E softplus(D(generated)). With the best D this is 2 ln 2 = 1.3863 exactly where generated and real are distributed alike, and less where D can tell them apart. Above 2 ln 2, D has not learnt.',
      'L = E softplus(−D(真实)) + E softplus(D(生成))。最优 D 下，两者同分布时恰为 2 ln 2 = 1.3863；能区分时更小；大于 2 ln 2 表示 D 尚未学好。',
    ],
    source: [
      'Last discriminator loss of the curve shown. Only losses of this form have the certificate: cfgan, and haggle with objective “density ratio”.',
      '所示曲线最后一轮的判别器损失。只有此形式的损失有证书：cfgan，以及目标为 “density ratio” 的 haggle。',
    ],
  },
  ablation: {
    name: ['what the adversary is worth', '对抗训练的价值'],
    formula: [
      'The proposals of the same generator as it orders them (ensemble mean), re-ranked by a net taught by maximum likelihood (listwise), and by one with μ times an adversary besides (mixed). NDCG on a fifth of the shoppers’ proposals, held out; what each gains above the mean, paired by shopper. The best of them serves.',
      '同一生成器的候选：按其自身顺序（集成均值）、由最大似然训练的网络重排（listwise）、另加 μ 倍对抗损失（mixed）。在留出的五分之一顾客候选上的 NDCG；各自相对均值的增益，按顾客配对。最优者上线。',
    ],
    source: [
      'The report of the generation (src/models/haggle-choice.ts). docs/models.md, “What the adversary is worth”, has figures on public logs, with more forms and seeds.',
      '该代的报告（src/models/haggle-choice.ts）。docs/models.md “What the adversary is worth” 含公开日志上的数字、更多形式与种子。',
    ],
  },
  gate: {
    name: ['the gate', '上线评判'],
    formula: [
      'On test rows nobody has seen, paired by row, in the primary metric: the mean difference to popularity must be above 0, and a new recipe must not be worse than what is live. The same recipe on newer data is refused only where it surely lost more than 5 %.',
      '在无人见过的测试行上逐行配对比较主指标：与热门之差须大于 0，且新配方不得差于在线版本；同一配方用新数据时，仅当确定损失超过 5% 才拒绝。',
    ],
    source: ['report.surfaces[…].judgement of the generation.', '该代报告的 report.surfaces[…].judgement。'],
  },
  lead: {
    name: ['the lead', '领先'],
    formula: [
      'The best model less the runner-up, and less popularity, row by row in the primary metric, with the 95 % interval of the paired bootstrap. Where it holds 0, the lead may be luck.',
      '最佳模型减次佳、减热门，逐行按主指标相减，附配对自助法 95% 区间。若区间含 0，领先可能只是运气。',
    ],
    source: [
      'report.surfaces[…].validation.lead of the generation.',
      '该代报告的 report.surfaces[…].validation.lead。',
    ],
  },
  drift: {
    name: ['drift', '偏移'],
    formula: [
      'Each first new thing a shopper takes is placed among the held-out past of the live generation by how expected it was; a discriminator that tries to tell fresh from held-out does the same. p: evidence by betting against “nothing changed”, valid however often it is looked at.',
      '顾客每次首个新行为按其可预期程度排在在线代的留出历史之中；一个尝试区分新旧的判别器同样如此。p：以下注方式累积的反对“无变化”的证据，随时查看皆有效。',
    ],
    source: [
      'GET /haggle/v1/generations → drift (src/monitor/drift.ts); `training.onDrift` says when it starts a training.',
      'GET /haggle/v1/generations → drift（src/monitor/drift.ts）；`training.onDrift` 决定何时触发训练。',
    ],
  },
  compared: {
    name: ['the comparison', '比较'],
    formula: [
      'Shoppers are drawn at random from those who went on after the cut; each is asked as they were at the cut, of both generations, with the same rules. “Taken up” is a shown product they then had to do with.',
      '从此后继续活动的顾客中随机抽取；各按当时的画像向两代提问，规则相同。“命中”指所示商品随后有行为。',
    ],
    source: [
      'POST /haggle/v1/compare. Signals about products (demand, click rates) are today’s. A handful of shoppers is a look, not a measurement: the leaderboard measures.',
      'POST /haggle/v1/compare。商品信号（热度、点击率）取今日值。少数顾客只供观察，度量请看排行榜。',
    ],
  },
  clickThrough: {
    name: ['click-through', '点击率'],
    formula: [
      'Answers of which something was clicked / answers given, each answer once. Interval: Wilson, 95 %.',
      '有点击的回答数 / 回答总数，每个回答计一次。区间：Wilson，95%。',
    ],
    source: [
      'Exposures and click events (src/analytics). A click belongs to the answer it names by queryID, or to the last one within half an hour that showed the product to this shopper; it counts for the hour of that answer.',
      '曝光与点击事件（src/analytics）。点击归于 queryID 所指的回答，或半小时内最后向该顾客展示此商品的回答，计入该回答所在小时。',
    ],
  },
  conversion: {
    name: ['conversion', '转化率'],
    formula: [
      'Answers that led to a cart, a purchase or a conversion / answers given, each answer once. Interval: Wilson, 95 %.',
      '带来加购、购买或转化的回答数 / 回答总数，每个回答计一次。区间：Wilson，95%。',
    ],
    source: ['The same join of exposures and events as click-through.', '与点击率相同的曝光与事件关联。'],
  },
  revenue: {
    name: ['revenue', '收入'],
    formula: [
      'Σ pieces × price of purchase events, in the shop’s currency. By surface: those that go back to one of its answers.',
      '购买事件 Σ 件数 × 价格，以商店货币计。按展示位：可归因到其回答的部分。',
    ],
    source: ['Purchase events as sent; returns are not taken off.', '按发送的购买事件；未扣除退货。'],
  },
  traffic: {
    name: ['events a minute', '每分钟事件数'],
    formula: ['Events whose own time lies in the minute.', '时间落在该分钟内的事件数。'],
    source: [
      'The event log, followed as it grows (GET /haggle/v1/overview).',
      '随日志增长而更新（GET /haggle/v1/overview）。',
    ],
  },
  quality: {
    name: ['data quality', '数据质量'],
    formula: [
      'Every cleaning rule says how many rows it touched. Gini: 0 where all are alike, 1 where one has all. Pairs seen: different pairs of shopper and product / all possible.',
      '每条清洗规则报告触及行数。基尼：0 表示均等，1 表示集中。已见配对：不同的顾客-商品对 / 全部可能。',
    ],
    source: ['The latest check (`haggle check`, or the button here).', '最近一次检查（`haggle check` 或此处按钮）。'],
  },
  fate: {
    name: ['an event’s fate', '事件的去向'],
    formula: [
      'Cleaning rules are asked in order; one may drop the event or mend it. Then: the answer it names by queryID, or the last one within half an hour that showed the product to this shopper.',
      '依次询问清洗规则，可能丢弃或修正事件；随后归于 queryID 所指回答，或半小时内最后向该顾客展示此商品的回答。',
    ],
    source: ['GET /haggle/v1/events; rules in docs/events.md.', 'GET /haggle/v1/events；规则见 docs/events.md。'],
  },
  interest: {
    name: ['an interest', '兴趣'],
    formula: [
      'Strength: weights of the events that speak for the tag (settings: preprocess.weights), each halved every preprocess.halfLifeDays, telling tags counting more. Evidence: how many events, undecayed.',
      '强度：支持该标签的事件权重之和（设置 preprocess.weights），每 preprocess.halfLifeDays 减半，有区分度的标签权重更高。证据：事件数，不衰减。',
    ],
    source: [
      'The shopper’s profile in memory (GET /haggle/v1/shoppers).',
      '内存中的顾客画像（GET /haggle/v1/shoppers）。',
    ],
  },
  habits: {
    name: ['the habits', '习惯'],
    formula: [
      'Counts over all the shopper did that is kept. A visit ends with a silence (preprocess.sessionGapMinutes, 30); active days and hours are in UTC; the pause is the median of the days between the latest purchases.',
      '对所保留的全部行为计数。静默 preprocess.sessionGapMinutes（30 分钟）即结束一次访问；活跃天数与时段按 UTC；间隔为最近各次购买之间天数的中位数。',
    ],
    source: [
      'src/profiles/shopper-profile.ts, habits.ts; it follows each event as it is accepted.',
      'src/profiles/shopper-profile.ts、habits.ts；随每个被接受的事件更新。',
    ],
  },
  segment: {
    name: ['the segment', '分群'],
    formula: [
      'dormant: silent for 60 days or three usual pauses; loyal: bought on three occasions; new: first seen within a week; regular: five visits or a purchase; casual: everyone else. Price level: where the prices they look at stand within their categories, in thirds.',
      '沉睡：静默 60 天或三个通常间隔；忠诚：三次购买；新客：一周内首现；常客：五次访问或购买过；其余为偶尔。价位：所看价格在其类目内的三分位。',
    ],
    source: [
      'src/profiles/segments.ts; the first rule that fits wins.',
      'src/profiles/segments.ts；首个符合的规则生效。',
    ],
  },
  reasons: {
    name: ['the reason', '理由'],
    formula: [
      'What an item of the history adds: score with it less score without it, or the exact part where the model is linear. The smallest set: found by asking again without items, and verified.',
      '历史项的贡献：含它与不含它的得分之差，线性模型为精确部分。最小集合：通过去除后重新询问找到并验证。',
    ],
    source: ['POST /haggle/v1/explain (docs/models.md, “Why”).', 'POST /haggle/v1/explain（docs/models.md “Why”）。'],
  },
  searchPreview: {
    name: ['the preview', '预览'],
    formula: [
      'The same search twice, with today’s settings, rules and synonyms: once without and once with enablePersonalization for the shopper named. Or once as it is now and once as if another generation were live, with what was taken until that was trained. A mark says where a product stood on the left.',
      '同一搜索两次，使用当前设置、规则与同义词：一次不启用、一次为所指顾客启用 enablePersonalization；或一次按线上代、一次按另一代（仅含其训练前的点击）。标记显示在左侧的位置。',
    ],
    source: [
      'POST /haggle/v1/search-preview; nothing of it counts as shown.',
      'POST /haggle/v1/search-preview；不计入曝光。',
    ],
  },
  searchCount: {
    name: ['the count of searches', '搜索次数'],
    formula: [
      'Every search that did not ask to be left out (analytics: false), by its words in small letters. What a shopper goes on typing within ten seconds, and of which nothing was taken, is the beginning of a search and does not count.',
      '除声明 analytics: false 外的每次搜索，按小写词语计。十秒内继续输入且无任何点击的，视为输入中途，不计入。',
    ],
    source: [
      'GET /2/searches/… (docs/search.md, “Analytics”). Searches with clickAnalytics are followed; of the others only a count by day is kept.',
      'GET /2/searches/…（docs/search.md “Analytics”）。带 clickAnalytics 的搜索会被跟踪；其余仅保留每日计数。',
    ],
  },
  searchRates: {
    name: ['the rates of searches', '搜索的各项比率'],
    formula: [
      'Without results: searches that found nothing / searches. Without clicks: followed searches with results whose query got no click in these days / followed searches with results. Click-through, conversion: followed searches of which something was clicked, or put into a cart, bought or converted / followed searches.',
      '无结果率：无结果的搜索 / 全部搜索。无点击率：有结果但其搜索词在这些天无点击的被跟踪搜索 / 有结果的被跟踪搜索。点击率、转化率：有点击（或加购、购买、转化）的被跟踪搜索 / 被跟踪搜索。',
    ],
    source: [
      'Exposures and events, joined by queryID or by what was seen in the half hour before (src/analytics/search-log.ts).',
      '曝光与事件，按 queryID 或此前半小时所见关联（src/analytics/search-log.ts）。',
    ],
  },
  merchandisingPreview: {
    name: ['the preview', '预览'],
    formula: [
      'The same search twice: with what is saved, and with what is written above as if it were saved.',
      '同一搜索两次：一次按已保存的设置，一次假设上方内容已保存。',
    ],
    source: [
      'POST /haggle/v1/merchandising/preview; nothing is saved, logged or counted.',
      'POST /haggle/v1/merchandising/preview；不保存、不记录、不计数。',
    ],
  },
  signals: {
    name: ['the signals', '信号'],
    formula: [
      'What src/features tells models about this product, for a stranger, now.',
      'src/features 此刻就该商品告诉模型的内容（对陌生人）。',
    ],
    source: ['GET /haggle/v1/items/{objectID}.', 'GET /haggle/v1/items/{objectID}。'],
  },
} as const satisfies Record<string, Explanation>

export type ExplanationKey = keyof typeof explanations
