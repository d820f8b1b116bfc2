#include "data/own_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "data/own_data_fixture.h"

namespace biasbench::data {
namespace {

TEST_F(OwnDataTest, TakesTheLastColumnAsTheTarget) {
  const OwnData data = ExamineOwnData(Csv("1,2,3\n4,5,6\n", "7,8,9\n"));
  EXPECT_EQ(data.inputs, 2);
  EXPECT_EQ(data.outputs, 1);
  EXPECT_EQ(data.train_samples, 2);
  EXPECT_EQ(data.test_samples, 1);
  const Task task = LoadOwnData(data, ledger_);
  EXPECT_FALSE(task.train.is_classification());
  EXPECT_EQ(Values(task.train.values), (std::vector<float>{1, 2, 4, 5}));
  EXPECT_EQ(Values(task.train.targets), (std::vector<float>{3, 6}));
  EXPECT_EQ(Values(task.test.values), (std::vector<float>{7, 8}));
  EXPECT_EQ(Values(task.test.targets), (std::vector<float>{9}));
  EXPECT_EQ(task.source, data.files.train + " (2 samples), " + data.files.test + " (1 samples)");
  EXPECT_GT(ledger_.current()[memory::Category::kDataset], 0);
  EXPECT_LE(ledger_.current()[memory::Category::kDataset], OwnDataBytes(data));
}

TEST_F(OwnDataTest, FindsTheTargetByNameAndByNumber) {
  OwnFiles files = Csv("a,b,c\n1,2,3\n4,5,6\n", "a,b,c\n7,8,9\n");
  for (const std::string target : {"b", "2"}) {
    files.target = target;
    const Task task = Load(files);
    EXPECT_EQ(Values(task.train.values), (std::vector<float>{1, 3, 4, 6})) << target;
    EXPECT_EQ(Values(task.train.targets), (std::vector<float>{2, 5})) << target;
  }
  files.target = "a";
  EXPECT_EQ(Values(Load(files).test.values), (std::vector<float>{8, 9}));
}

TEST_F(OwnDataTest, CountsTheTrainingFilesClasses) {
  const Task task = Load(Classes("5,0\n6,2\n7,1\n8,2\n", "9,1\n"));
  EXPECT_EQ(task.train.outputs, 3);
  EXPECT_EQ(Values(task.train.labels), (std::vector<std::int32_t>{0, 2, 1, 2}));
  EXPECT_EQ(Values(task.test.labels), (std::vector<std::int32_t>{1}));
}

TEST_F(OwnDataTest, StandardizesByTheTrainingFileAlone) {
  OwnFiles files = Csv("1,7,10\n3,7,30\n", "5,8,10\n");
  files.is_standardized = true;
  const Task task = Load(files);
  EXPECT_EQ(Values(task.train.values), (std::vector<float>{-1, 0, 1, 0}));
  EXPECT_EQ(Values(task.train.targets), (std::vector<float>{-1, 1}));
  EXPECT_EQ(Values(task.test.values), (std::vector<float>{3, 1}));  // the constant is not divided
  EXPECT_EQ(Values(task.test.targets), (std::vector<float>{-1}));
}

TEST_F(OwnDataTest, StandardizesTheRightColumnsAndNoLabels) {
  OwnFiles files = Classes("1,0,10\n3,1,30\n", "5,1,20\n");
  files.target = "2";
  files.is_standardized = true;
  const Task task = Load(files);
  EXPECT_EQ(Values(task.train.values), (std::vector<float>{-1, -1, 1, 1}));
  EXPECT_EQ(Values(task.test.values), (std::vector<float>{3, 0}));
  EXPECT_EQ(Values(task.train.labels), (std::vector<std::int32_t>{0, 1}));
}

// Large offsets are what a sum of squares loses its digits over.
TEST_F(OwnDataTest, StandardizesFarFromZero) {
  OwnFiles files = Csv("16000001,0\n16000002,0\n16000003,1\n", "16000002,0\n");
  files.is_standardized = true;
  EXPECT_NEAR(Load(files).train.values[2], std::sqrt(1.5), 1e-6);
}

TEST_F(OwnDataTest, FewerSamplesAreScaledLikeAll) {
  OwnFiles files = Csv("1,0\n3,1\n5,5\n", "1,1\n");
  files.is_standardized = true;
  const std::vector<float> all = Values(Load(files).train.values);
  const Task part = Load(files, 2);
  EXPECT_EQ(part.train.samples, 2);
  EXPECT_EQ(Values(part.train.values), (std::vector<float>{all[0], all[1]}));
  EXPECT_EQ(part.test.samples, 1);
}

TEST_F(OwnDataTest, TheDigestFollowsWhateverDecidesTheSamples) {
  const OwnFiles files = Classes("1,0\n0,1\n", "1,1\n");
  const std::string digest = ExamineOwnData(files).digest;
  EXPECT_EQ(digest.size(), 8U);
  EXPECT_EQ(ExamineOwnData(files).digest, digest);
  OwnFiles other = files;
  other.is_standardized = true;
  EXPECT_NE(ExamineOwnData(other).digest, digest);
  other = files;
  other.target = "1";
  EXPECT_NE(ExamineOwnData(other).digest, digest);
  other = files;
  other.is_classification = false;
  EXPECT_NE(ExamineOwnData(other).digest, digest);
  EXPECT_NE(ExamineOwnData(Classes("1,0\n0,1\n", "2,1\n")).digest, digest);
}

TEST_F(OwnDataTest, RefusesColumnsThatAreNone) {
  EXPECT_EQ(CsvRefusal("1\n", "1\n"),
            "train.csv:1: 1 field, expected 2 or more: inputs and a target");
  EXPECT_EQ(CsvRefusal("1,2\n", "1,2\n", "3"),
            "train.csv:1: no column \"3\", expected a number from 1 to 2");
  EXPECT_EQ(CsvRefusal("a,b\n1,2\n", "a,b\n1,2\n", "c"),
            "train.csv:1: no column \"c\", expected a name of the header or a number from 1 to 2");
  EXPECT_EQ(CsvRefusal("a,a\n1,2\n", "a,a\n1,2\n", "a"),
            "train.csv:1: 2 columns are named \"a\"; count the target's from 1");
  EXPECT_EQ(CsvRefusal("1,2\n", "1,2\n", "02").substr(0, 29), "train.csv:1: no column \"02\", ");
}

TEST_F(OwnDataTest, RefusesFilesThatDoNotFitEachOther) {
  EXPECT_EQ(CsvRefusal("1,2\n3,4\n", "1,2,3\n"),
            "test.csv:1: 3 fields, expected 2 as in train.csv");
  EXPECT_EQ(CsvRefusal("a,b\n1,2\n", "b,a\n1,2\n"),
            "test.csv:1: column 1 is \"b\", expected \"a\" as in train.csv");
  const std::string advice = ", unlike train.csv; --header=yes or --header=no decides for both";
  EXPECT_EQ(CsvRefusal("a,b\n1,2\n", "1,2\n"), "test.csv:1: no header" + advice);
  EXPECT_EQ(CsvRefusal("1,2\n", "a,b\n1,2\n"), "test.csv:1: a header" + advice);
}

TEST_F(OwnDataTest, RefusesWhatTheReaderRefusesInEitherFile) {
  EXPECT_EQ(CsvRefusal("1,2\n3\n", "1,2\n"), "train.csv:2: 1 fields, expected 2 as on line 1");
  EXPECT_EQ(CsvRefusal("1,2\n3,4\n", "1,2\n3,x\n"),
            "test.csv:2: field 2 is \"x\", expected a finite single-precision number");
  EXPECT_EQ(CsvRefusal("1,2\nnan,4\n", "1,2\n"),
            "train.csv:2: field 1 is \"nan\", expected a finite single-precision number");
  EXPECT_EQ(CsvRefusal("1,2\n3,4\n", ""),
            "test.csv: empty, expected lines of comma-separated "
            "numbers");
  EXPECT_EQ(RefusalOf({.train = "/no/such.csv", .test = "/no/other.csv", .target = {}}),
            "/no/such.csv: No such file or directory");
}

TEST_F(OwnDataTest, RefusesTooFewSamples) {
  EXPECT_EQ(CsvRefusal("1,2\n", "1,2\n"), "train.csv: 1 samples, expected 2 to 2147483647");
}

TEST_F(OwnDataTest, RefusesLabelsThatAreNone) {
  for (const std::string label : {"1.5", "1e30", "", "nan"}) {
    EXPECT_TRUE(ClassRefusal("1,0\n2," + label + "\n", "1,0\n").starts_with("train.csv:2: label "))
        << label;
  }
  EXPECT_EQ(ClassRefusal("1,0\n2,0\n", "1,0\n"),
            "train.csv: all labels are \"0\", expected 2 classes or more");
}

TEST_F(OwnDataTest, MapsLabelsOfAnyKindToClasses) {
  const OwnFiles files =
      Classes("1,setosa\n2,virginica\n3,\"iris, blue\"\n4,setosa\n", "5,virginica\n6,setosa\n");
  const OwnData data = ExamineOwnData(files);
  EXPECT_EQ(data.classes, (std::vector<std::string>{"iris, blue", "setosa", "virginica"}));
  EXPECT_EQ(data.outputs, 3);
  const Task task = LoadOwnData(data, ledger_);
  EXPECT_EQ(Values(task.train.labels), (std::vector<std::int32_t>{1, 2, 0, 1}));
  EXPECT_EQ(Values(task.test.labels), (std::vector<std::int32_t>{2, 1}));
  const Task gaps = Load(Classes("1,-1\n2,7\n3,-1\n", "5,7.0\n"));
  EXPECT_EQ(Values(gaps.train.labels), (std::vector<std::int32_t>{0, 1, 0}));
  EXPECT_EQ(Values(gaps.test.labels), (std::vector<std::int32_t>{1}));
  EXPECT_TRUE(ExamineOwnData(Classes("1,0\n2,1\n", "1,0\n")).classes.empty());
}

// The mapping is that of the whole file, however few samples a run uses.
TEST_F(OwnDataTest, MapsLabelsAlikeForFewerSamples) {
  const Task task = Load(Classes("1,b\n2,c\n3,a\n", "5,a\n"), 2);
  EXPECT_EQ(Values(task.train.labels), (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(Values(task.test.labels), (std::vector<std::int32_t>{0}));
}

TEST_F(OwnDataTest, RefusesTestLabelsThatTrainingHasNot) {
  EXPECT_EQ(ClassRefusal("1,0\n2,1\n", "1,0\n3,2\n"),
            "test.csv:2: label \"2\", expected one of train.csv's 2: 0, 1");
  EXPECT_EQ(ClassRefusal("1,x\n2,y\n", "1,x\n3,z\n"),
            "test.csv:2: label \"z\", expected one of train.csv's 2: x, y");
}

TEST_F(OwnDataTest, ReadsWhatADataFrameWrites) {
  const Task task = Load(Csv(",0,1,y\n0,1,2,3\n1,4,5,6\n", ",0,1,y\n0,7,8,9\n"));
  EXPECT_EQ(task.train.inputs, 2);
  EXPECT_EQ(Values(task.train.values), (std::vector<float>{1, 2, 4, 5}));
  EXPECT_EQ(Values(task.test.targets), (std::vector<float>{9}));
  EXPECT_EQ(CsvRefusal(",a,y\n0,1,2\n", ",a,y\n0,1,2\n", "1").substr(0, 27),
            "train.csv:1: no column \"1\",");
}

TEST_F(OwnDataTest, RefusesTestValuesThatLeaveSinglePrecision) {
  OwnFiles files = Csv("1e-30,0\n2e-30,1\n", "1e30,0\n");
  EXPECT_EQ(RefusalOf(files), "no error");
  files.is_standardized = true;
  EXPECT_EQ(RefusalOf(files),
            "test.csv:1: field 1 is 1e+30, too far from its training mean to be "
            "standardized");
}

TEST_F(OwnDataTest, NoticesFilesThatChangeMeanwhile) {
  const OwnData data = ExamineOwnData(Csv("1,2\n3,4\n", "5,6\n"));
  for (const std::string changed : {"1,2\n", "1,2\n3,4\n5,6\n", "1,2,3\n4,5,6\n"}) {
    WritePlain("train.csv", changed);
    EXPECT_NE(ErrorOf([&] { LoadOwnData(data, ledger_); }), "no error") << changed;
  }
}

TEST_F(OwnDataTest, SplitsPairsAtTheCommaThatFits) {
  const std::string plain = WritePlain("x,y.npy", "");
  const std::string labels = WritePlain("l,m", "");
  EXPECT_EQ(SplitPair(plain).first, plain);
  EXPECT_EQ(SplitPair(plain).second, "");
  EXPECT_EQ(SplitPair(plain + "," + labels).first, plain);
  EXPECT_EQ(SplitPair(plain + "," + labels).second, labels);
  EXPECT_EQ(SplitPair("none.csv").first, "none.csv");
  EXPECT_EQ(ErrorOf([] { SplitPair("a,b"); }).substr(0, 20), "a,b: expected a file");
}

}  // namespace
}  // namespace biasbench::data
