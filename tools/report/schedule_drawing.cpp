// The drawing of the schedules, which no plotting program makes.
#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "report/figures.h"

namespace biasbench::report {
namespace {

// The number of times all weights go through the processor in one pass, read and written.
struct Pass {
  std::string_view what;
  int reads;
  int writes;
};

struct Walk {
  std::string_view schedule;
  std::vector<std::string_view> keeps;  // of the layer's size, besides weights and biases
  std::vector<Pass> passes;
};

const std::vector<Walk>& Walks() {
  static const std::vector<Walk> walks = {
      {"textbook",
       {"activations", "deltas", "all gradients"},
       {{"forward", 1, 0}, {"backward: gradients", 0, 1}, {"update", 2, 1}}},
      {"in_place", {"activations"}, {{"forward", 1, 0}, {"backward and update", 1, 1}}},
      {"recompute", {}, {{"forward", 1, 0}, {"again, backward and update", 1, 1}}},
      {"streaming", {"activations"}, {{"update, and the next forward", 1, 1}}},
      {"streaming_recompute", {}, {{"again, update, and the next forward", 1, 1}}},
      {"blocked", {"a block's deltas"}, {{"once a block: update, next products", 1, 1}}},
  };
  return walks;
}

constexpr int kWidthPx = 800;
constexpr int kRowPx = 62;
constexpr int kTopPx = 40;
constexpr int kKeptPx = 185;
constexpr int kPassesPx = 400;
constexpr int kPassPx = 132;

template <class... Arguments>
void Add(std::string& svg, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(svg), format, std::forward<Arguments>(arguments)...);
}

void AddText(std::string& svg, int x, int y, std::string_view text, int size = 12,
             std::string_view colour = "#222222") {
  Add(svg, "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\">{}</text>\n", x, y, size, colour,
      text);
}

// An arrow for each time that all weights cross the bus: up where they are read.
void AddArrows(std::string& svg, int x, int top, const Pass& pass) {
  for (int i = 0; i < pass.reads + pass.writes; ++i) {
    const bool is_read = i < pass.reads;
    const int at = x + 10 + 34 * i;
    const int from = is_read ? top + 40 : top + 14;
    const int to = is_read ? top + 18 : top + 36;
    const std::string_view colour = is_read ? "#0072B2" : "#A84A00";
    Add(svg,
        "<path d=\"M{0} {1}V{2}M{3} {4}L{0} {2}L{5} {4}\" fill=\"none\" stroke=\"{6}\" "
        "stroke-width=\"3\"/>\n",
        at, from, to, at - 5, is_read ? to + 7 : to - 7, at + 5, colour);
    AddText(svg, at + 8, top + 32, is_read ? "R" : "W", 12, colour);
  }
}

}  // namespace

Figure DrawSchedules() {
  const int height = kTopPx + kRowPx * static_cast<int>(Walks().size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" font-family=\"sans-serif\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
      kWidthPx, height);
  AddText(svg, 12, 22, "schedule", 13, "#57606a");
  AddText(svg, kKeptPx, 22, "keeps of the layer's size", 13, "#57606a");
  AddText(svg, kPassesPx, 22, "passes of a step: all weights read (R), written (W)", 13, "#57606a");
  int top = kTopPx;
  for (const auto& [schedule, keeps, passes] : Walks()) {
    Add(svg, "<line x1=\"0\" x2=\"{}\" y1=\"{}\" y2=\"{}\" stroke=\"#dddddd\"/>\n", kWidthPx,
        top - 4, top - 4);
    AddText(svg, 12, top + 30, schedule, 14);
    int y = top + (keeps.size() > 2 ? 2 : 14);
    for (const std::string_view kept : keeps) {
      Add(svg, "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"15\" rx=\"2\" fill=\"{}\"/>\n",
          kKeptPx, y, kept == "all gradients" ? 190 : 110,
          kept == "all gradients" ? "#b9e3d5" : "#f6d9a0");
      AddText(svg, kKeptPx + 6, y + 12, kept);
      y += 18;
    }
    if (keeps.empty()) AddText(svg, kKeptPx, top + 30, "nothing", 12, "#57606a");
    int x = kPassesPx;
    for (const Pass& pass : passes) {
      AddText(svg, x, top + 54, pass.what, 11, "#57606a");
      AddArrows(svg, x, top, pass);
      x += passes.size() > 2 ? kPassPx : 130;
    }
    top += kRowPx;
  }
  svg += "</svg>\n";
  return {.name = "schedules",
          .title = "How schedules walk through memory",
          .caption =
              "What each schedule keeps of the layer's size besides the parameters (box widths: a "
              "batch's values of all hidden nodes, or one for every weight), and how all weights "
              "cross the memory bus in a step of SGD: R read, W written. All compute the same "
              "step; blocked "
              "takes several steps to a pass.",
          .panels = {},
          .svg = svg};
}

}  // namespace biasbench::report
