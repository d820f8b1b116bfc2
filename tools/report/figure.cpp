#include "report/figure.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "report/numbers.h"
#include "report/palette.h"

namespace biasbench::report {
namespace {

constexpr double kLineShare = 0.006;  // of a panel's height: a line's width

struct StrategyStyle {
  std::string_view strategy;
  Style style;
};

// Kin share a colour.
constexpr StrategyStyle kStyles[] = {
    {"learned", {kBlack, 1}},
    {"bias_unit", {kBlack, 2}},
    {"stateless_bias", {kBlack, 3}},
    {"bfloat16_bias", {kBlack, 4}},
    {"fixed=1", {kRed, 1}},
    {"fixed=0.5", {kRed, 2}},
    {"fixed=2", {kRed, 3}},
    {"none", {kBlue, 1}},
    {"grouped=64", {kGreen, 1}},
    {"shared", {kSky, 1}},
    {"learned_from_one", {kOrange, 1}},
    {"warmup_then_frozen", {kOrange, 2}},
    {"learned_from_random", {kPurple, 1}},
    {"frozen_random", {kPurple, 2}},
    {"hashed_random", {kPurple, 3}},
    {"scaled=0.1", {kGreen, 2}},
    {"error_proportional", {kSky, 2}},
    {"error_inverse", {kBlue, 2}},
    {"gap_proportional", {kBlue, 3}},
    {"sign_flipped", {kGrey, 1}},
    {"bias_only", {kGrey, 2}},
    {"bias_only_hashed", {kGrey, 3}},
};
constexpr Style kUnknown = {kGrey, 4};
constexpr std::string_view kOthers[] = {kBlack, kRed, kBlue, kGreen, kOrange, kPurple, kSky, kGrey};

double Height(const Panel& panel, double y) { return panel.has_log_y ? std::log(y) : y; }

// The distance below which heights cannot be told apart.
double LineWidth(const Panel& panel) {
  double least = HUGE_VAL;
  double most = -HUGE_VAL;
  for (const Series& series : panel.series) {
    for (const Point& point : series.points) {
      const double height = Height(panel, point.y);
      if (!std::isfinite(height)) continue;
      least = std::min(least, height);
      most = std::max(most, height);
    }
  }
  return kLineShare * (most - least);
}

bool AreAlike(const Series& a, const Series& b, const Panel& panel, double width) {
  return std::ranges::equal(a.points, b.points, [&](const Point& p, const Point& q) {
    const bool is_same = p.y == q.y;
    return p.x == q.x && (is_same || std::abs(Height(panel, p.y) - Height(panel, q.y)) <= width);
  });
}

// "`frozen_random` and `hashed_random`": what lies on the first of each set.
std::vector<std::string> FindAlike(const Panel& panel) {
  const std::vector<Series>& series = panel.series;
  const double width = LineWidth(panel);
  std::vector<std::string> sets;
  std::vector<bool> is_told(series.size(), false);
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (is_told[i]) continue;
    std::vector<std::size_t> alike = {i};  // to one that is there already
    for (std::size_t member = 0; member < alike.size(); ++member) {
      for (std::size_t k = i + 1; k < series.size(); ++k) {
        if (is_told[k] || !AreAlike(series[alike[member]], series[k], panel, width)) continue;
        alike.push_back(k);
        is_told[k] = true;
      }
    }
    if (alike.size() < 2) continue;
    std::vector<std::string> names;
    for (const std::size_t k : alike) names.push_back(Code(series[k].label));
    sets.push_back(
        fmt::format("{} and {}", names.front(), fmt::join(names.begin() + 1, names.end(), ", ")));
  }
  return sets;
}

}  // namespace

Style StyleOf(std::string_view strategy) {
  const auto found = std::ranges::find(kStyles, strategy, &StrategyStyle::strategy);
  return found == std::end(kStyles) ? kUnknown : found->style;
}

Style StyleAt(std::size_t index) {
  const std::size_t count = std::size(kOthers);
  return {kOthers[index % count], 1 + static_cast<int>(index % 3)};
}

std::string CaptionOf(const Figure& figure) {
  std::vector<std::string> parts;
  for (const Panel& panel : figure.panels) {
    if (panel.kind != PanelKind::kLines) continue;
    const std::vector<std::string> sets = FindAlike(panel);
    if (sets.empty()) continue;
    const std::string place = figure.panels.size() > 1 ? fmt::format(" ({})", panel.title) : "";
    parts.push_back(fmt::format("{}{}", fmt::join(sets, "; "), place));
  }
  if (parts.empty()) return figure.caption;
  return fmt::format("{} These lie on each other: {}.", figure.caption, fmt::join(parts, "; "));
}

}  // namespace biasbench::report
