#include "report_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "convergence_rows_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Figures {
  Plot memory;
  Plot curves;
};

Figures DrawHarmonic3(const std::string& settings) {
  ResultFile file;
  std::vector<CurvePoint> curves;
  for (const auto& [strategy, seed, loss] :
       {std::tuple("learned", 1, 0.01), std::tuple("learned", 2, 0.02),
        std::tuple("none", 1, 0.6)}) {
    file.rows.push_back(MakeRow({.strategy = strategy,
                                 .seed = seed,
                                 .train_loss = loss,
                                 .task = "harmonic3",
                                 .settings = settings,
                                 .numbers = {{"tracked_peak_bytes", 1e6}}}));
    for (int epoch = 0; epoch <= 2; ++epoch) {
      curves.push_back({.name = file.rows.back().name, .epoch = epoch, .train_loss = loss});
    }
  }
  const std::vector<Comparison> tasks = CompareByTask(file);
  return {MemoryVersusLoss(tasks).value(), Convergence(tasks[0], curves).value()};
}

TEST(Figures, ShowTheFloorOfReluOnHarmonic3) {
  const Figures figures = DrawHarmonic3("");
  for (const Plot& plot : {figures.memory, figures.curves}) {
    EXPECT_THAT(plot.script, HasSubstr("0.5: the floor of ReLU without biases")) << plot.name;
    EXPECT_THAT(plot.caption, HasSubstr("0.5, below which no ReLU network without biases gets"));
    EXPECT_THAT(Render(plot), HasSubstr("</svg>"));
  }
}

TEST(Figures, SayOverHowManySeeds) {
  EXPECT_THAT(DrawHarmonic3("").curves.caption, HasSubstr("median and range over 1 to 2 seeds;"));
}

// A network of odd activations without biases fits an odd target.
TEST(Figures, ShowNoFloorUnderTanh) {
  const Figures figures = DrawHarmonic3("/activation:tanh");
  for (const Plot& plot : {figures.memory, figures.curves}) {
    EXPECT_THAT(plot.script, Not(HasSubstr("floor"))) << plot.name;
    EXPECT_THAT(plot.caption, Not(HasSubstr("ReLU"))) << plot.name;
    EXPECT_THAT(Render(plot), HasSubstr("</svg>"));
  }
}

}  // namespace
}  // namespace biasbench::report
