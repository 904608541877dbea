import { echarts } from "nicegui-echart";
import { money } from "/static/board.js";

// A dash and a symbol each: colour is never the only sign.
const LINES = [
  { name: "handle", title: "Handle", colour: "--muted", dash: [2, 3], symbol: "diamond", axis: 1 },
  { name: "expected_pnl", title: "Expected PNL", colour: "--link", dash: [7, 4], symbol: "triangle" },
  { name: "realised_pnl", title: "Realised PNL", colour: "--warn", dash: [10, 3, 2, 3], symbol: "rect" },
  { name: "total_pnl", title: "Total PNL", colour: "--text", dash: "solid", symbol: "circle" },
];
const SYMBOLS = 10; // on each line, so that they can be told apart and still be seen
const NARROW = 640;

export default {
  template: `<div class="curve-chart" role="img" :aria-label="label"></div>`,
  props: { curve: Object, minor: Number, currency: String, label: String },
  watch: {
    curve() {
      this.draw();
    },
  },
  mounted() {
    this.chart = echarts.init(this.$el);
    this.resizing = new ResizeObserver(() => {
      this.chart.resize();
      this.draw();
    });
    this.resizing.observe(this.$el);
    addEventListener("betpnl:theme", this.draw);
    this.draw();
  },
  beforeUnmount() {
    removeEventListener("betpnl:theme", this.draw);
    this.resizing.disconnect();
    this.chart.dispose();
  },
  methods: {
    draw() {
      if (!this.chart || !this.curve) return;
      const style = getComputedStyle(document.documentElement);
      const colour = (name) => style.getPropertyValue(name).trim();
      const { fontFamily } = getComputedStyle(document.body);
      const text = { color: colour("--text"), fontFamily, fontSize: 13 };
      const narrow = this.$el.clientWidth < NARROW;
      const axis = (name, position, grid) => ({
        type: "value",
        name: narrow ? "" : name,
        position,
        scale: true,
        nameTextStyle: { ...text, align: position },
        axisLabel: { ...text, formatter: short },
        splitLine: { show: grid, lineStyle: { color: colour("--line") } },
      });
      // What is there stays: a line that was hidden, a tooltip that is open.
      this.chart.setOption({
        animation: false,
        textStyle: text,
        legend: { top: 0, left: 0, itemWidth: 42, textStyle: text },
        grid: { top: narrow ? 84 : 70, left: 4, right: 4, bottom: 4, containLabel: true },
        xAxis: {
          type: "time",
          axisLabel: { ...text, hideOverlap: true },
          axisLine: { onZero: false, lineStyle: { color: colour("--muted") } },
        },
        yAxis: [
          axis(`PNL ${this.currency}`, "left", true),
          axis(`Handle ${this.currency}`, "right", false),
        ],
        // Drawn as text on the canvas: no HTML is made of anything.
        tooltip: {
          trigger: "axis",
          renderMode: "richText",
          confine: true,
          backgroundColor: colour("--panel"),
          borderColor: colour("--line"),
          textStyle: text,
        },
        series: LINES.map((line) => this.series(line, colour(line.colour))),
      });
    },
    series(line, colour) {
      const { at } = this.curve;
      const every = Math.ceil(at.length / SYMBOLS);
      const shown = (i) => (at.length - 1 - i) % every === 0;
      return {
        type: "line",
        name: line.title,
        yAxisIndex: line.axis ?? 0,
        symbol: line.symbol,
        symbolSize: 8,
        showSymbol: true,
        lineStyle: { type: line.dash, width: 2, color: colour },
        itemStyle: { color: colour },
        tooltip: {
          valueFormatter: (_, i) => money(this.curve[line.name][i], this.minor, !line.axis),
        },
        data: this.curve[line.name].map((value, i) => ({
          value: [at[i], value],
          symbol: shown(i) ? line.symbol : "none",
        })),
      };
    },
  },
};

const locale = localStorage.getItem("betpnl.locale") || undefined;
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 4 });

function short(number) {
  return compact.format(number);
}
