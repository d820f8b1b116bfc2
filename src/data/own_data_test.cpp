#include "data/own_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

template <class T>
std::vector<T> Values(const memory::TrackedBuffer<T>& buffer) {
  return {buffer.span().begin(), buffer.span().end()};
}

// Files of these contents, examined and loaded.
class OwnDataTest : public testing::Test {
 protected:
  OwnFiles Csv(const std::string& train, const std::string& test) const {
    return {.train = WritePlain("train.csv", train),
            .test = WritePlain("test.csv", test),
            .target = {}};
  }
  OwnFiles Classes(const std::string& train, const std::string& test) const {
    OwnFiles files = Csv(train, test);
    files.is_classification = true;
    return files;
  }
  Task Load(const OwnFiles& files, std::int64_t max_samples = 0) {
    return LoadOwnData(ExamineOwnData(files), ledger_, max_samples);
  }

  // The message with which files are refused, its paths shortened.
  static std::string RefusalOf(const OwnFiles& files) {
    std::string message = ErrorOf([&] { ExamineOwnData(files); });
    const std::string folder = TestPath("");
    for (std::size_t at = 0; (at = message.find(folder)) != std::string::npos;) {
      message.erase(at, folder.size());
    }
    return message;
  }
  std::string CsvRefusal(const std::string& train, const std::string& test,
                         const std::string& target = {}) const {
    OwnFiles files = Csv(train, test);
    files.target = target;
    return RefusalOf(files);
  }
  std::string ClassRefusal(const std::string& train, const std::string& test) const {
    return RefusalOf(Classes(train, test));
  }

  memory::Ledger ledger_;
};

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
  EXPECT_EQ(CsvRefusal("a,b\n1,2\n", "1,2\n"), "test.csv:1: no header, unlike train.csv");
  EXPECT_EQ(CsvRefusal("1,2\n", "a,b\n1,2\n"), "test.csv:1: a header, unlike train.csv");
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
  for (const std::string label : {"-1", "1.5", "1e30"}) {
    EXPECT_TRUE(ClassRefusal("1,0\n2," + label + "\n", "1,0\n").starts_with("train.csv:2: label "))
        << label;
  }
  EXPECT_EQ(ClassRefusal("1,1\n2,2\n", "1,1\n"),
            "train.csv: labels up to 2, but no sample of class 0; expected all of 0 to K-1 for K "
            "classes, 2 or more");
  EXPECT_EQ(ClassRefusal("1,0\n2,2\n", "1,0\n").substr(0, 51),
            "train.csv: labels up to 2, but no sample of class 1");
  EXPECT_EQ(ClassRefusal("1,0\n2,0\n", "1,0\n").substr(0, 51),
            "train.csv: labels up to 0, but no sample of class 1");
}

TEST_F(OwnDataTest, RefusesTestLabelsThatTrainingHasNot) {
  EXPECT_EQ(ClassRefusal("1,0\n2,1\n", "1,0\n3,2\n"),
            "test.csv:2: label 2, expected a whole number from 0 to 1");
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

// Two images of one row of three pixels, and their labels.
class OwnIdx : public OwnDataTest {
 protected:
  static std::string Images(const std::string& pixels, char width = 3) {
    const auto samples = static_cast<char>(pixels.size() / static_cast<std::size_t>(width));
    return std::string{0, 0, 8, 3, 0, 0, 0, samples, 0, 0, 0, 1, 0, 0, 0, width} + pixels;
  }
  static std::string Labels(const std::string& labels) {
    return std::string{0, 0, 8, 1, 0, 0, 0, static_cast<char>(labels.size())} + labels;
  }
  static OwnFiles Files(const std::string& train_images, const std::string& train_labels,
                        const std::string& test_images, const std::string& test_labels) {
    return {.train = WriteGzip("ti", train_images) + "," + WritePlain("tl", train_labels),
            .test = WritePlain("si", test_images) + "," + WritePlain("sl", test_labels),
            .target = {},
            .is_classification = true};
  }

  std::string images_ = Images("abcdef");
  std::string labels_ = Labels({1, 0});
  std::string test_images_ = Images("ABC");
  std::string test_labels_ = Labels({1});
};

TEST_F(OwnIdx, IsReadAsImagesAndLabels) {
  const OwnData data = ExamineOwnData(Files(images_, labels_, test_images_, test_labels_));
  EXPECT_EQ(data.inputs, 3);
  EXPECT_EQ(data.outputs, 2);
  EXPECT_EQ(data.train_samples, 2);
  EXPECT_EQ(data.test_samples, 1);
  const Task task = LoadOwnData(data, ledger_, 1);
  EXPECT_EQ(Values(task.train.bytes), (std::vector<std::uint8_t>{'a', 'b', 'c'}));
  EXPECT_EQ(task.train.byte_scale, 1.0F / 255);
  EXPECT_EQ(Values(task.train.labels), (std::vector<std::int32_t>{1}));
  EXPECT_EQ(Values(task.test.bytes), (std::vector<std::uint8_t>{'A', 'B', 'C'}));
  EXPECT_EQ(task.name, "own");
}

TEST_F(OwnIdx, RefusesWhatDoesNotFit) {
  EXPECT_EQ(RefusalOf(Files(images_, labels_, Images("ABCD", 4), test_labels_)),
            "si: images of 4 bytes, expected 3 as in ti");
  EXPECT_EQ(RefusalOf(Files(images_, labels_, test_images_, Labels({2}))),
            "sl: label 2, expected 0 to 1 as in tl");
  EXPECT_EQ(RefusalOf(Files(images_, Labels({1, 2}), test_images_, test_labels_)).substr(0, 44),
            "tl: labels up to 2, but no sample of class 0");
  EXPECT_EQ(RefusalOf(Files(images_, Labels({1}), test_images_, test_labels_)),
            "tl: 1 labels, expected 2, one for each image of ti");
  OwnFiles mixed = Files(images_, labels_, test_images_, test_labels_);
  mixed.test = "test.csv";
  EXPECT_EQ(RefusalOf(mixed), "test.csv: expected two IDX files as ti,tl is");
  mixed.test = "a,b,c";
  EXPECT_EQ(RefusalOf(mixed), "a,b,c: expected two files, IMAGES,LABELS");
}

}  // namespace
}  // namespace biasbench::data
