#include "report/gnuplot_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "report/figure_layout.h"
#include "report/panel_axes.h"

namespace biasbench::report {
namespace {

constexpr std::size_t kFewPoints = 12;  // each is marked

class ScriptWriter {
 public:
  explicit ScriptWriter(const Figure& figure) : figure_(figure), layout_(figure) {}

  Script Write() && {
    Add("set encoding utf8\n"
        "set terminal svg size {},{:.0f} font 'sans-serif,14' noenhanced background '#ffffff' "
        "name {}\nset output 'picture.svg'\nset datafile separator tab\nset multiplot\n",
        kFigureWidthPx, layout_.height_px(), Quote(figure_.name));
    for (std::size_t i = 0; i < figure_.panels.size(); ++i) AddPanel(i);
    if (layout_.HasLegend()) AddLegend();
    Add("unset multiplot\n");
    return std::move(script_);
  }

 private:
  template <class... Arguments>
  void Add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(script_.text), format, std::forward<Arguments>(arguments)...);
  }

  const std::vector<std::string>& LanesOf(const Panel& panel) const {
    return figure_.has_shared_lanes ? figure_.panels.front().lanes : panel.lanes;
  }

  void AddPanel(std::size_t index) {
    const Panel& panel = figure_.panels[index];
    const Box box = layout_.BoxOf(index);
    Add("reset\nset lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
        "set tmargin at screen {:.5f}\nset bmargin at screen {:.5f}\n",
        box.left / kFigureWidthPx, box.right / kFigureWidthPx, 1 - box.top / layout_.height_px(),
        1 - box.bottom / layout_.height_px());
    Add("set border 3 lc '#444444'\nset tics nomirror out scale 0.6 textcolor '#222222'\n"
        "set xtics offset 0,0.3 font ',12'\nset ytics font ',12'\n"
        "set grid {} lc '#dddddd' lw 1\nunset key\nset datafile separator tab\n"
        "set pointintervalbox 0\n",
        panel.kind == PanelKind::kLines ? "xtics ytics" : "xtics");
    Add("set title {} offset 0,-0.5 font ',12'\nset xlabel {} offset 0,0.7 font ',12'\nset ylabel "
        "{} offset 0.5,0 font ',12'\n",
        Quote(panel.title), Quote(panel.x_label), Quote(panel.y_label));
    AddScales(panel, box);
    if (panel.kind != PanelKind::kLines) AddLanes(panel, index);
    AddMarks(panel);
    AddSeries(panel);
  }

  AxisScale AddScale(const Panel& panel, char axis, double length_px) {
    AxisScale scale = ScaleOf(panel, axis, length_px);
    if (scale.is_log) Add("set logscale {0}\nset format {0} '%g'\n", axis);
    Add("set {}range [{:.6g}:{:.6g}]\n", axis, scale.low, scale.high);
    if (scale.step > 0) Add("set {}tics {:.6g}\n", axis, scale.step);
    if (!scale.ticks.empty()) {
      std::vector<std::string> ticks;
      for (const double tick : scale.ticks) {
        ticks.push_back(fmt::format("'{0:.4g}' {0:.4g}", tick));
      }
      Add("set {}tics ({})\n", axis, fmt::join(ticks, ", "));
    }
    return scale;
  }

  void AddScales(const Panel& panel, const Box& box) {
    const AxisScale across = AddScale(panel, 'x', box.right - box.left);
    if (panel.kind == PanelKind::kLines) {
      AddLabels(panel, across, AddScale(panel, 'y', box.bottom - box.top));
    }
    if (panel.ticks.empty()) return;
    std::vector<std::string> ticks;
    for (const auto& [x, text] : panel.ticks) ticks.push_back(fmt::format("{} {}", Quote(text), x));
    Add("set xtics ({})\n", fmt::join(ticks, ", "));
  }

  void AddLabels(const Panel& panel, const AxisScale& across, const AxisScale& up) {
    for (const auto& [label, is_right, lift] : PlaceLabels(panel.labels, across, up)) {
      Add("set label {} at first {:.7g}, first {:.7g} {} offset {},graph {:.4f} font ',11' "
          "textcolor '#333333' front\n",
          Quote(label.text), label.x, label.y, is_right ? "left" : "right", is_right ? 1 : -1,
          lift);
    }
  }

  void AddLanes(const Panel& panel, std::size_t index) {
    const std::vector<std::string>& lanes = LanesOf(panel);
    Add("set yrange [{}:0.4]\n", static_cast<double>(lanes.size()) + 0.6);
    if (figure_.has_shared_lanes && !layout_.IsLeftmost(index)) {
      Add("unset ytics\n");
    } else {
      std::vector<std::string> names;
      for (std::size_t i = 0; i < lanes.size(); ++i) {
        names.push_back(fmt::format("{} {}", Quote(lanes[i]), i + 1));
      }
      Add("set ytics scale 0 ({})\n", fmt::join(names, ", "));
    }
    for (std::size_t i = 0; i < panel.row_texts.size(); ++i) {
      Add("set label {} at graph 0.99, first {} right font ',12' textcolor '#333333' front\n",
          Quote(panel.row_texts[i]), i + 1);
    }
  }

  void AddMarks(const Panel& panel) {
    for (const auto& [value, text] : panel.marks) {
      if (panel.kind == PanelKind::kLines) {
        Add("set arrow from graph 0, first {0} to graph 1, first {0} nohead dt 3 lc '#555555'\n"
            "set label {1} at graph 0.98, first {0} right offset 0,0.6 font ',11' textcolor "
            "'#333333'\n",
            value, Quote(text));
      } else {
        Add("set arrow from first {0}, graph 0 to first {0}, graph 1 nohead dt 3 lc '#555555'\n",
            value);
        if (!text.empty()) {
          Add("set label {} at first {}, graph 0 center offset 0,0.5 font ',11' textcolor "
              "'#333333' front\n",
              Quote(text), value);
        }
      }
    }
  }

  std::string DataOf(const Series& series, const Panel& panel) {
    std::string data;
    for (const auto& [x, y, low, high] : series.points) {
      if (!std::isfinite(x) || !std::isfinite(y)) {
        data += "\n";  // the line is interrupted
        continue;
      }
      const double value = panel.kind == PanelKind::kLines ? y : x;
      const double bounds[] = {std::isfinite(low) ? low : value,
                               std::isfinite(high) ? high : value};
      data += fmt::format("{:.7g}\t{:.7g}\t{:.7g}\t{:.7g}\n", x, y, bounds[0], bounds[1]);
    }
    std::string name = fmt::format("data{}.tsv", script_.data_files.size());
    script_.data_files[name] = data;
    return name;
  }

  void AddSeries(const Panel& panel) {
    std::vector<std::string> areas;
    std::vector<std::string> lines;
    std::vector<Series> all = panel.series;
    std::ranges::stable_sort(all, {}, [](const Series& series) { return series.style.dash; });
    std::size_t most_points = 0;
    for (const Series& series : all) most_points = std::max(most_points, series.points.size());
    for (const Series& series : all) {  // dashed lines over solid ones
      const bool has_values = std::ranges::any_of(series.points, [](const Point& point) {
        return std::isfinite(point.x) && std::isfinite(point.y);
      });
      if (!has_values) continue;
      const std::string file = Quote(DataOf(series, panel));
      const auto& [colour, dash] = series.style;
      if (panel.kind == PanelKind::kBars) {
        lines.push_back(fmt::format(
            "{} using 1:2:3:4:($2-0.38):($2+0.38) with boxxyerror fs solid noborder lc '{}'", file,
            colour));
      } else if (panel.kind == PanelKind::kLanes) {
        lines.push_back(
            fmt::format("{} using 1:2:3:4 with xerrorbars pt 7 ps 0.7 lw 2 lc '{}'", file, colour));
      } else if (most_points <= kFewPoints) {
        lines.push_back(
            fmt::format("{0} using 1:2 with lines lw 2 dt {2} lc '{1}', {0} using "
                        "1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 1.5 lc '{1}'",
                        file, colour, dash));
      } else {
        areas.push_back(fmt::format(
            "{} using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc '{}'", file,
            colour));
        lines.push_back(
            fmt::format("{} using 1:2 with lines lw 2 dt {} lc '{}'", file, dash, colour));
      }
    }
    areas.insert(areas.end(), lines.begin(), lines.end());
    if (areas.empty()) areas.emplace_back("NaN");
    Add("plot {}\n", fmt::join(areas, ", "));
  }

  void AddLegend() {
    Add("reset\nset lmargin at screen 0\nset rmargin at screen 1\nset tmargin at screen {:.5f}\n"
        "set bmargin at screen 0\nunset border\nunset tics\nset xrange [0:1]\nset yrange [0:1]\n"
        "set key at screen 0.5,{:.5f} center top horizontal Left reverse maxcols {} samplen 2.5 "
        "spacing 1 font ',12'\n",
        layout_.legend_px() / layout_.height_px(), (layout_.legend_px() - 4) / layout_.height_px(),
        layout_.legend_columns());
    std::vector<std::string> entries = {"NaN notitle"};
    for (const auto& [label, style, kind] : layout_.legend()) {
      entries.push_back(
          kind == PanelKind::kBars
              ? fmt::format("keyentry with boxes fs solid noborder lc '{}' title {}", style.colour,
                            Quote(label))
              : fmt::format("keyentry with {} lw 2 dt {} pt 7 ps 0.7 lc '{}' title {}",
                            kind == PanelKind::kLanes ? "points" : "lines", style.dash,
                            style.colour, Quote(label)));
    }
    Add("plot {}\n", fmt::join(entries, ", "));
  }

  const Figure& figure_;
  const FigureLayout layout_;
  Script script_;
};

}  // namespace

std::string Quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += std::iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
  }
  quoted += '\'';
  return quoted;
}

Script ScriptOf(const Figure& figure) { return ScriptWriter(figure).Write(); }

}  // namespace biasbench::report
