#include "report/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <regex>
#include <system_error>
#include <vector>

#include "record/temporary_folder.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;

constexpr int kWidthPx = 800;
constexpr double kPanelPx = 300;  // a panel's height where it is not made of rows
constexpr double kRowPx = 22;
constexpr double kTopPx = 34;     // of a panel: its title
constexpr double kBottomPx = 58;  // its x axis and label
constexpr double kLegendRowPx = 20;
constexpr std::size_t kFewPoints = 12;  // each is marked
constexpr double kCharacterPx = 7.6;
constexpr double kTickPx = 42;
constexpr double kLabelPx = 13;   // from one point's name to the next
constexpr double kNarrowLog = 4;  // most over least below which a logarithm shows nothing more

void WriteFile(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw PlotError(fmt::format("{}: cannot write", path.string()));
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The position of a panel's axes, in pixels from the picture's top left.
struct Box {
  double left;
  double right;
  double top;
  double bottom;
};

class Writer {
 public:
  explicit Writer(const Figure& figure) : figure_(figure) {
    for (const Panel& panel : figure.panels) {
      for (const Series& series : panel.series) AddToLegend(series, panel.kind);
    }
    columns_ = figure.has_shared_lanes ? figure.panels.size()
                                       : std::min<std::size_t>(figure.panels.size(), 2);
    rows_ = (figure.panels.size() + columns_ - 1) / columns_;
    if (legend_.size() > 1) {
      std::size_t longest = 0;
      for (const Entry& entry : legend_) longest = std::max(longest, entry.label.size());
      const double entry_px = 75 + 1.1 * kCharacterPx * static_cast<double>(longest);
      legend_columns_ =
          std::clamp<std::size_t>(static_cast<std::size_t>(kWidthPx / entry_px), 1, 5);
      const std::size_t lines = (legend_.size() + legend_columns_ - 1) / legend_columns_;
      legend_px_ = kLegendRowPx * static_cast<double>(lines) + 8;
    }
    height_px_ = static_cast<double>(rows_) * (kTopPx + PlotPx() + kBottomPx) + legend_px_;
  }

  Script Write() && {
    Add("set encoding utf8\n"
        "set terminal svg size {},{:.0f} font 'sans-serif,14' noenhanced background '#ffffff' "
        "name {}\nset output 'picture.svg'\nset datafile separator tab\nset multiplot\n",
        kWidthPx, height_px_, Quote(figure_.name));
    for (std::size_t i = 0; i < figure_.panels.size(); ++i) AddPanel(i);
    if (legend_.size() > 1) AddLegend();
    Add("unset multiplot\n");
    return std::move(script_);
  }

 private:
  struct Entry {
    std::string label;
    Style style;
    PanelKind kind;
  };

  template <class... Arguments>
  void Add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(script_.text), format, std::forward<Arguments>(arguments)...);
  }

  void AddToLegend(const Series& series, PanelKind kind) {
    if (std::ranges::count(legend_, series.label, &Entry::label) > 0 || series.label.empty())
      return;
    legend_.push_back({series.label, series.style, kind});
  }

  const std::vector<std::string>& LanesOf(const Panel& panel) const {
    return figure_.has_shared_lanes ? figure_.panels.front().lanes : panel.lanes;
  }

  double PlotPx() const {
    std::size_t most = 0;
    for (const Panel& panel : figure_.panels) most = std::max(most, panel.lanes.size());
    return most == 0 ? kPanelPx : kRowPx * (static_cast<double>(most) + 0.6);
  }

  double LabelsPx(const Panel& panel) const {
    std::size_t longest = 0;
    for (const std::string& lane : panel.lanes) longest = std::max(longest, lane.size());
    return panel.lanes.empty() ? 88 : 14 + kCharacterPx * static_cast<double>(longest);
  }

  Box BoxOf(std::size_t index) const {
    const auto column = static_cast<double>(index % columns_);
    const std::size_t row_index = index / columns_;
    const auto row = static_cast<double>(row_index);
    const double top = row * (kTopPx + PlotPx() + kBottomPx) + kTopPx;
    if (figure_.has_shared_lanes) {
      const double labels = LabelsPx(figure_.panels.front());
      const double each = (kWidthPx - labels - 12) / static_cast<double>(columns_);
      const double left = labels + column * each;
      return {left, left + each - 18, top, top + PlotPx()};
    }
    const double each = kWidthPx / static_cast<double>(columns_);
    return {column * each + LabelsPx(figure_.panels[index]), (column + 1) * each - 20, top,
            top + PlotPx()};
  }

  void AddPanel(std::size_t index) {
    const Panel& panel = figure_.panels[index];
    const Box box = BoxOf(index);
    Add("reset\nset lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n"
        "set tmargin at screen {:.5f}\nset bmargin at screen {:.5f}\n",
        box.left / kWidthPx, box.right / kWidthPx, 1 - box.top / height_px_,
        1 - box.bottom / height_px_);
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

  static std::pair<double, double> Extent(const Panel& panel, bool along_x) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    const bool value_is_x = panel.kind != PanelKind::kLines;
    for (const Series& series : panel.series) {
      for (const Point& point : series.points) {
        const double at = along_x ? point.x : point.y;
        for (const double value : {at, along_x == value_is_x ? point.low : at,
                                   along_x == value_is_x ? point.high : at}) {
          const bool is_shown = !(along_x ? panel.has_log_x : panel.has_log_y) || value > 0;
          if (!std::isfinite(value) || !is_shown) continue;
          least = std::min(least, value);
          most = std::max(most, value);
        }
      }
    }
    for (const auto& [value, text] : panel.marks) {
      if (along_x != value_is_x) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
    return {least, most};
  }

  // The positions of values on an axis, in pixels from its low end.
  struct Scale {
    double low = 0;
    double high = 1;
    double length_px = 0;
    bool is_log = false;

    double PxOf(double value) const {
      const auto at = [&](double v) { return is_log ? std::log(v) : v; };
      return length_px * (at(value) - at(low)) / (at(high) - at(low));
    }
  };

  // The range of an axis with room at its ends, and as many ticks as fit.
  Scale AddScale(const Panel& panel, char axis, double length_px) {
    const bool along_x = axis == 'x';
    auto [least, most] = Extent(panel, along_x);
    if (!(least <= most)) {
      Add("set {}range [0:1]\n", axis);
      return {0, 1, length_px, false};
    }
    if ((along_x ? panel.has_log_x : panel.has_log_y) && most / least >= kNarrowLog) {
      const double room = std::pow(most / least, 0.06) * 1.03;
      Add("set logscale {0}\nset format {0} '%g'\nset {0}range [{1:.6g}:{2:.6g}]\n", axis,
          least / room, most * room);
      if (most / least < 50)
        Add("set {}tics ({})\n", axis, TicksBetween(least / room, most * room));
      return {least / room, most * room, length_px, true};
    }
    const bool from_zero = panel.kind == PanelKind::kBars || (least >= 0 && least < 0.4 * most);
    const double room = 0.05 * (most - (from_zero ? 0 : least));
    const double pad = room > 0 ? room : 0.5 * std::max(std::abs(most), 1e-3);
    const double low = from_zero ? 0 : least - pad;
    double step = StepOf(most + pad - low, std::max(2.0, length_px / kTickPx));
    if (panel.x_label == "epoch" && along_x) step = std::max(step, 1.0);
    Add("set {0}range [{1:.6g}:{2:.6g}]\nset {0}tics {3:.6g}\n", axis, low, most + pad, step);
    return {low, most + pad, length_px, false};
  }

  // 1, 2 or 5 times a power of ten: so that an axis has at most so many steps.
  static double StepOf(double length, double most_steps) {
    const double power = std::pow(10, std::floor(std::log10(length / most_steps)));
    for (const double factor : {1, 2, 5}) {
      if (length / (factor * power) <= most_steps) return factor * power;
    }
    return 10 * power;
  }

  static std::string TicksBetween(double low, double high) {
    std::vector<std::string> ticks;
    const int last = static_cast<int>(std::floor(std::log10(high)));
    for (int exponent = static_cast<int>(std::floor(std::log10(low))); exponent <= last;
         ++exponent) {
      for (const double factor : {1, 2, 5}) {
        const double tick = factor * std::pow(10, exponent);
        if (tick >= low && tick <= high) ticks.push_back(fmt::format("'{0:.4g}' {0:.4g}", tick));
      }
    }
    return fmt::format("{}", fmt::join(ticks, ", "));
  }

  void AddScales(const Panel& panel, const Box& box) {
    const Scale across = AddScale(panel, 'x', box.right - box.left);
    if (panel.kind == PanelKind::kLines) {
      AddLabels(panel, across, AddScale(panel, 'y', box.bottom - box.top));
    }
    if (panel.ticks.empty()) return;
    std::vector<std::string> ticks;
    for (const auto& [x, text] : panel.ticks) ticks.push_back(fmt::format("{} {}", Quote(text), x));
    Add("set xtics ({})\n", fmt::join(ticks, ", "));
  }

  // Names on the side of their points where there is room, moved up where they would overlap.
  void AddLabels(const Panel& panel, const Scale& across, const Scale& up) {
    std::vector<Label> labels = panel.labels;
    std::ranges::sort(labels, {}, &Label::y);
    std::vector<std::pair<double, double>> placed;  // from the axes' low ends
    for (const auto& [x, y, text] : labels) {
      const double width = kCharacterPx * static_cast<double>(text.size());
      const double x_px = across.PxOf(x);
      double y_px = up.PxOf(y);
      for (const auto& [other_x, other_y] : placed) {
        const bool is_near = std::abs(other_x - x_px) < width;
        if (is_near) y_px = std::max(y_px, other_y + kLabelPx);
      }
      placed.emplace_back(x_px, y_px);
      const bool has_room = x_px + width + 10 < across.length_px;
      Add("set label {} at first {:.7g}, first {:.7g} {} offset {},graph {:.4f} font ',11' "
          "textcolor '#333333' front\n",
          Quote(text), x, y, has_room ? "left" : "right", has_room ? 1 : -1,
          (y_px - up.PxOf(y)) / up.length_px);
    }
  }

  void AddLanes(const Panel& panel, std::size_t index) {
    const std::vector<std::string>& lanes = LanesOf(panel);
    Add("set yrange [{}:0.4]\n", static_cast<double>(lanes.size()) + 0.6);
    if (figure_.has_shared_lanes && index > 0) {
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
        legend_px_ / height_px_, (legend_px_ - 4) / height_px_, legend_columns_);
    std::vector<std::string> entries = {"NaN notitle"};
    for (const auto& [label, style, kind] : legend_) {
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
  Script script_;
  std::vector<Entry> legend_;
  std::size_t columns_ = 1;
  std::size_t rows_ = 1;
  std::size_t legend_columns_ = 1;
  double legend_px_ = 0;
  double height_px_ = 0;
};

// Runs gnuplot in the folder; its exit code, or an errno made negative if it cannot be started.
int RunGnuplot(const fs::path& folder) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "messages", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  char name[] = "gnuplot";
  char defaults[] = "-d";  // the user's own gnuplotrc would change the figures
  char script[] = "script.gp";
  char* arguments[] = {name, defaults, script, nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, name, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return -error;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The line that says what is wrong: gnuplot puts the script's text and a caret before it.
std::string LastLine(const std::string& messages) {
  const std::size_t end = messages.find_last_not_of(" \n");
  if (end == std::string::npos) return "no message";
  const std::size_t start = messages.rfind('\n', end);
  return messages.substr(start == std::string::npos ? 0 : start + 1, end - start);
}

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

Script ScriptOf(const Figure& figure) { return Writer(figure).Write(); }

std::string Draw(const Figure& figure) {
  if (!figure.svg.empty()) return figure.svg;
  const Script script = ScriptOf(figure);
  const record::TemporaryFolder folder("biasbench-report");
  for (const auto& [name, text] : script.data_files) WriteFile(folder.path() / name, text);
  WriteFile(folder.path() / "script.gp", script.text);
  const int code = RunGnuplot(folder.path());
  if (code == -ENOENT) {
    throw PlotError("gnuplot is not installed: it draws the figures (Debian: gnuplot-nox)");
  }
  if (code < 0) {
    throw PlotError(
        fmt::format("cannot start gnuplot: {}", std::generic_category().message(-code)));
  }
  std::string svg = ReadFile(folder.path() / "picture.svg");
  if (code != 0 || svg.find("</svg>") == std::string::npos) {
    throw PlotError(fmt::format("gnuplot failed on figure '{}' with exit code {}: {}", figure.name,
                                code, LastLine(ReadFile(folder.path() / "messages"))));
  }
  static const std::regex titles_pattern(
      "<(title|desc)>[^<]*</(title|desc)>");  // names of data files
  return std::regex_replace(svg, titles_pattern, "");
}

}  // namespace biasbench::report
