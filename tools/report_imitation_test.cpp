#include "report_imitation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "named_row_fixture.h"

namespace biasbench::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Row RatioRow(const std::string& strategy, const std::string& setting, double first, double last) {
  Row row;
  row.name = "convergence/digits/" + strategy + "/hidden:9" + setting + "/seed:1";
  row.where = WhereOf(row.name);
  row.strategy = row.label = strategy;
  row.task = "digits";
  row.status = "ok";
  row.numbers = {
      {"initial_imitation_ratio", first}, {"imitation_ratio", last}, {"train_loss", 0.25}};
  return row;
}

TEST(DescribeImitation, SetsRawBesideCentredInputs) {
  ResultFile file{{},
                  {RatioRow("fixed=1", "", 0.5, 0.25), RatioRow("fixed=1", "/center", 0, 0),
                   RatioRow("none", "", 1, 1), RatioRow("learned", "/rate:2/center", 0, 0.125)}};
  const std::string text = DescribeImitation(file);
  EXPECT_THAT(text, HasSubstr(") under `fixed=1`: raw 50.0 % → 25.0 % (final training loss "
                              "0.250"));
  EXPECT_THAT(text, Not(HasSubstr("`none`")));     // not centred
  EXPECT_THAT(text, Not(HasSubstr("`learned`")));  // in another setting
  // The sentence follows the rows' labels.
  std::swap(file.rows[0].numbers, file.rows[1].numbers);
  EXPECT_THAT(DescribeImitation(file), HasSubstr("centred 50.0 % → 25.0 %"));
  file.rows.resize(1);
  EXPECT_THAT(DescribeImitation(file), HasSubstr("Unknown"));
}

}  // namespace
}  // namespace biasbench::report
