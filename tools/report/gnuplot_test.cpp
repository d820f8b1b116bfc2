#include "report/gnuplot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bias/strategies.h"
#include "report/figure_layout.h"
#include "report/fixture.h"
#include "report/gnuplot_script.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ReportTest, AMissingGnuplotIsSaid) {
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_, "PATH=/nowhere");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("gnuplot is not installed"));
  EXPECT_FALSE(fs::exists(folder_ / "report.md"));
}

TEST_F(ReportTest, AFailingGnuplotIsSaid) {
  sample_.WriteTo(folder_);
  const Outcome failing =
      RunReport(folder_, PathWithGnuplot("echo first; echo no wish >&2; exit 3"));
  EXPECT_EQ(failing.exit_code, 2);
  EXPECT_THAT(failing.output, HasSubstr("figure 'answer' with exit code 3: no wish"));
  const Outcome silent = RunReport(folder_, PathWithGnuplot("exit 0"));
  EXPECT_EQ(silent.exit_code, 2);
  const Outcome late = RunReport(
      folder_, PathWithGnuplot("echo '<svg viewBox=\"0 0 1 1\"></svg>' > picture.svg; exit 1"));
  EXPECT_EQ(late.exit_code, 2);
  EXPECT_FALSE(fs::exists(folder_ / "report.md"));
  EXPECT_FALSE(fs::exists(folder_ / "figures"));
}

Panel PanelOf(PanelKind kind) {
  return {.kind = kind,
          .title = "panel",
          .x_label = "x",
          .y_label = "",
          .series = {{"learned", StyleOf("learned"), {{1, 1, 0.5, 2}, {2, 3, 2, HUGE_VAL}}},
                     {"none", StyleOf("none"), {{1, 2, 1, 3}, {2, HUGE_VAL, 1, 2}}}},
          .lanes = {}};
}

TEST(Figures, EveryKindOfPanelIsDrawn) {
  for (const PanelKind kind : {PanelKind::kLines, PanelKind::kLanes, PanelKind::kBars}) {
    Panel panel = PanelOf(kind);
    if (kind != PanelKind::kLines) panel.lanes = {"a", "b"};
    Panel logarithmic = panel;
    logarithmic.has_log_x = true;
    const std::string svg = Draw({.name = "f",
                                  .title = "",
                                  .caption = "",
                                  .panels = {panel, logarithmic},
                                  .has_shared_lanes = kind != PanelKind::kLines});
    EXPECT_THAT(svg, HasSubstr("</svg>"));
    EXPECT_THAT(svg, HasSubstr(">learned<"));  // the legend
    EXPECT_THAT(svg, HasSubstr("rgb(  0,  52, 150)"));
    EXPECT_THAT(svg, Not(HasSubstr("tsv")));  // what would show on hovering
  }
}

std::size_t CountIn(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

Figure FigureOfSharedLanes(std::size_t panels) {
  Panel panel = PanelOf(PanelKind::kLanes);
  panel.lanes = {"upper lane", "lower lane"};
  return {.name = "f",
          .title = "",
          .caption = "",
          .panels = std::vector<Panel>(panels, panel),
          .has_shared_lanes = true};
}

TEST(Figures, SharedLanesAreNamedInEachRowOfPanels) {
  const Figure figure = FigureOfSharedLanes(5);
  const std::string script = ScriptOf(figure).text;
  EXPECT_EQ(CountIn(script, "set ytics scale 0 ('upper lane' 1, 'lower lane' 2)\n"), 2U);
  EXPECT_EQ(CountIn(script, "unset ytics\n"), 3U);
  EXPECT_EQ(CountIn(Draw(figure), "<text>upper lane"), 2U);
}

TEST(Figures, PanelsOfSharedLanesBreakIntoRowsOfThreeAtMost) {
  const Figure figure = FigureOfSharedLanes(5);
  const FigureLayout layout(figure);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(layout.IsLeftmost(i), i == 0 || i == 3) << i;
  const Box first = layout.BoxOf(0);
  const Box third = layout.BoxOf(2);
  const Box fourth = layout.BoxOf(3);
  EXPECT_EQ(third.top, first.top);
  EXPECT_GT(third.left, layout.BoxOf(1).right);
  EXPECT_LE(third.right, kFigureWidthPx);
  EXPECT_EQ(fourth.left, first.left);
  EXPECT_EQ(fourth.right, first.right);
  EXPECT_GT(fourth.top, first.bottom);
  EXPECT_LE(fourth.bottom, layout.height_px());
}

// Four panels are twice two, not three and one.
TEST(Figures, RowsOfPanelsAreAboutEquallyFull) {
  for (const auto& [panels, columns] : {std::pair(1, 1), std::pair(2, 2), std::pair(3, 3),
                                        std::pair(4, 2), std::pair(6, 3), std::pair(7, 3)}) {
    const Figure figure = FigureOfSharedLanes(static_cast<std::size_t>(panels));
    const FigureLayout layout(figure);
    for (int i = 0; i < panels; ++i) {
      EXPECT_EQ(layout.IsLeftmost(static_cast<std::size_t>(i)), i % columns == 0)
          << i << " of " << panels;
    }
  }
}

TEST(Figures, AnEmptyPanelIsDrawn) {
  const Figure figure{.name = "f", .title = "", .caption = "", .panels = {Panel{}}};
  EXPECT_THAT(Draw(figure), HasSubstr("</svg>"));
}

// The position of a text in a picture, from its top left.
std::pair<double, double> PlaceOf(const std::string& svg, const std::string& text) {
  const std::regex pattern(R"re(translate\(([\d.]+),([\d.]+)\)"[^>]*>\s*<text>)re" + text);
  std::smatch match;
  if (!std::regex_search(svg, match, pattern)) return {0, 0};
  return {std::stod(match[1]), std::stod(match[2])};
}

TEST(Figures, NamesOfPointsStandApartAndWithinThePanel) {
  Panel panel = PanelOf(PanelKind::kLines);
  panel.labels = {{1, 1, "lower"}, {1, 1.01, "upper"}, {2, 3, "last of all names"}};
  const std::string svg = Draw({.name = "f", .title = "", .caption = "", .panels = {panel}});
  const auto [lower_x, lower_y] = PlaceOf(svg, "lower");
  const auto [upper_x, upper_y] = PlaceOf(svg, "upper");
  EXPECT_EQ(lower_x, upper_x);
  EXPECT_GT(upper_y, 0);
  EXPECT_GE(lower_y - upper_y, 12);
  EXPECT_LT(lower_y - upper_y, 15);
  // To the left of its point, beyond which the panel ends.
  EXPECT_NE(svg.find("text-anchor=\"end\">\n\t\t<text>last of all names"), std::string::npos);
}

TEST(Figures, EveryStrategyHasAStyleOfItsOwn) {
  std::set<std::pair<std::string_view, int>> styles;
  for (const bias::Selection& selection : bias::AllSelections()) {
    const auto& [colour, dash] = StyleOf(selection.Name());
    EXPECT_TRUE(styles.insert({colour, dash}).second) << selection.Name();
  }
}

TEST(Figures, CurvesThatLieOnEachOtherAreNamed) {
  Panel panel = PanelOf(PanelKind::kLines);
  panel.series.push_back(panel.series[0]);
  panel.series.back().label = "bias_unit";
  panel.series.back().points[0].y += 1e-4;
  Figure figure{.name = "f", .title = "", .caption = "Words.", .panels = {panel}};
  EXPECT_EQ(CaptionOf(figure), "Words. These lie on each other: `learned` and `bias_unit`.");
  figure.panels[0].series.back().points[0].y += 1;
  EXPECT_EQ(CaptionOf(figure), "Words.");
}

TEST(Figures, NothingIsSubstitutedInQuotedText) {
  EXPECT_EQ(Quote("it's `date` \"$x\"\n"), "'it''s `date` \"$x\" '");
}

}  // namespace
}  // namespace biasbench::report
