#include "data/class_labels.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/test_files.h"

namespace biasbench::data {
namespace {

using Names = std::vector<std::string>;

std::string Place() { return "here"; }

Classes Collect(const Names& labels) {
  LabelCollector collector;
  for (const std::string& label : labels) collector.Add(label, Place);
  return collector.Finish("train.csv");
}

TEST(ClassLabels, AreInTheSameOrderHoweverTheyCome) {
  EXPECT_EQ(Collect({"virginica", "setosa", "virginica"}).names(), (Names{"setosa", "virginica"}));
  EXPECT_EQ(Collect({"10", "-1", "9"}).names(), (Names{"-1", "9", "10"}));  // by value
  EXPECT_EQ(Collect({"10", "x", "9"}).names(), (Names{"10", "9", "x"}));    // as text
  EXPECT_EQ(Collect({"2.0", "1", "+2"}).names(), (Names{"1", "2"}));
  EXPECT_EQ(Collect({"v1.5", "1.5"}).names(), (Names{"1.5", "v1.5"}));
}

TEST(ClassLabels, AreIndicesOnlyIfEachIsItsOwnClass) {
  EXPECT_TRUE(Collect({"1", "0", "2"}).are_indices());
  EXPECT_FALSE(Collect({"1", "2"}).are_indices());
  EXPECT_FALSE(Collect({"0", "2"}).are_indices());
  EXPECT_FALSE(Collect({"0", "one"}).are_indices());
}

TEST(ClassLabels, FindsThemInAnyWriting) {
  const Classes numbers = Collect({"7", "-1", "07"});
  EXPECT_EQ(numbers.Find("7.0", Place, "t"), 1);
  EXPECT_EQ(numbers.Find("-1", Place, "t"), 0);
  const Classes text = Collect({"b", "a", "7"});
  EXPECT_EQ(text.Find("b", Place, "t"), 2);
  EXPECT_EQ(ErrorOf([&] { text.Find("07", Place, "train.csv"); }),
            "here: label \"07\", expected one of train.csv's 3: 7, a, b");
  EXPECT_EQ(ErrorOf([&] { numbers.Find("c", Place, "train.csv"); }),
            "here: label \"c\", expected one of train.csv's 2: -1, 7");
}

TEST(ClassLabels, OfLabelsInOrderOfAppearance) {
  LabelCollector collector;
  EXPECT_EQ(collector.Add("c", Place), 0);
  EXPECT_EQ(collector.Add("a", Place), 1);
  EXPECT_EQ(collector.Add("c", Place), 0);
  EXPECT_EQ(collector.ClassesOfLabels(collector.Finish("t")), (std::vector<std::int32_t>{1, 0}));
}

TEST(ClassLabels, RefusesWhatIsNoClass) {
  for (const std::string label : {"", "nan", "inf", "1e400"}) {
    EXPECT_EQ(ErrorOf([&] {
                Collect({"1", label});
              }),
              "here: label \"" + label + "\", expected text or a whole number");
  }
  EXPECT_TRUE(ErrorOf([] { Collect({"1", "1.5"}); }).starts_with("here: label 1.5, expected text"));
  EXPECT_EQ(ErrorOf([] {
              Collect({"x", "x"});
            }),
            "train.csv: all labels are \"x\", expected 2 classes or more");
  Names many;
  for (int i = 0; i <= 65'536; ++i) many.push_back(std::to_string(i));
  EXPECT_TRUE(
      ErrorOf([&] { Collect(many); }).starts_with("here: more than 65536 different labels"));
  many.pop_back();
  EXPECT_EQ(Collect(many).count(), 65'536);
}

}  // namespace
}  // namespace biasbench::data
