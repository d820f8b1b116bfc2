#include "data/csv_layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "data/csv_number.h"
#include "data/test_files.h"

namespace biasbench::data {
namespace {

char SeparatorOf(const std::string& contents, const CsvOptions& options = {}) {
  CompressedFile file(WritePlain("separated.csv", contents));
  return RecogniseSeparator(file, options);
}

std::optional<bool> HasHeader(const std::string& contents) {
  CompressedFile file(WritePlain("header.csv", contents));
  return DecideHeader(file, {}, ',').has_header;
}

TEST(CsvNumber, ReadsNumbersWhateverTheLocale) {
  EXPECT_EQ(ParseCsvNumber("+0.69", '.'), 0.69F);
  EXPECT_EQ(ParseCsvNumber("-2.5e-3", '.'), -0.0025F);
  EXPECT_EQ(ParseCsvNumber("1,5", ','), 1.5F);
  EXPECT_EQ(ParseCsvNumber("-1e2", ','), -100.0F);
  EXPECT_EQ(ParseCsvNumber("3.4028234e38", '.'), std::numeric_limits<float>::max());
}

TEST(CsvNumber, TakesForZeroWhatIsTooSmall) {
  for (const std::string tiny :
       {"1e-400", "0.0001e-9999", "1e-99999999999999999999", "1e-46", "123e-420"}) {
    EXPECT_EQ(ParseCsvNumber(tiny, '.'), 0.0F) << tiny;
    EXPECT_TRUE(std::signbit(ParseCsvNumber("-" + tiny, '.').value())) << tiny;
  }
  EXPECT_GT(ParseCsvNumber("1e-40", '.').value(), 0.0F);  // a denormal
  EXPECT_EQ(ParseCsvNumber("0." + std::string(500, '0') + "1", '.'), 0.0F);
}

TEST(CsvNumber, RefusesWhatIsNone) {
  for (const std::string field : {"", "x", "4x", "4 4", "+-4", "++4", "0x4", "nan", "inf", "-inf",
                                  "1e39", "-1e39", "1e999", "1e99999999999999999999", "1,5", "."}) {
    EXPECT_EQ(ParseCsvNumber(field, '.'), std::nullopt) << field;
  }
  for (const std::string field : {"1.5", "1,2,3", "1.000,5", ","}) {
    EXPECT_EQ(ParseCsvNumber(field, ','), std::nullopt) << field;
  }
  for (const std::string field : {"nan", "-inf", "1e999"}) {
    EXPECT_TRUE(IsCsvNumber(field, '.')) << field;
  }
}

TEST(CsvLayout, RecognisesSeparators) {
  EXPECT_EQ(SeparatorOf("a,b\n1,2\n"), ',');
  EXPECT_EQ(SeparatorOf("a;b\n1,5;2\n3;4,5\n"), ';');
  EXPECT_EQ(SeparatorOf("1,5;2,5\n"), ';');
  EXPECT_EQ(SeparatorOf("a\tb\n1\t2\n"), '\t');
  EXPECT_EQ(SeparatorOf("1  2\n 3 4\n"), ' ');
  EXPECT_EQ(SeparatorOf("1, 2\n3, 4\n"), ',');
  EXPECT_EQ(SeparatorOf("1,\t2\n3,\t4\n"), ',');
  EXPECT_EQ(SeparatorOf("\"a;b\",c\n\"1\",2\n"), ',');
  EXPECT_EQ(SeparatorOf("x y,1\nz w,2\n"), ',');
  EXPECT_EQ(SeparatorOf("1\n2\n"), ',');
  EXPECT_EQ(SeparatorOf("a;b\nc;d\n"), ';');
  EXPECT_EQ(SeparatorOf("1,5 2,5\n", {.decimal = ','}), ' ');
  EXPECT_EQ(SeparatorOf("# a;b;c\n# d\n1,2\n", {.comment = '#'}), ',');
  EXPECT_EQ(SeparatorOf("# x y\n1,2\n3,4\n"), ',');  // one line does not decide
  EXPECT_EQ(SeparatorOf("1,2\n3\n"), ',');           // ragged: to be refused as it is
}

TEST(CsvLayout, TakesForAHeaderWhatStandsAboveNumbers) {
  EXPECT_EQ(HasHeader("a,b\n1,2\n"), true);
  EXPECT_EQ(HasHeader("1,y\n1,2\n"), true);
  EXPECT_EQ(HasHeader(",y\n1,x\n"), true);  // an empty field is no number
  EXPECT_EQ(HasHeader("len,species\n1.5,setosa\n"), true);
  EXPECT_EQ(HasHeader("0,1,2\n0.5,3,7\n"), true);  // counts up
  EXPECT_EQ(HasHeader(",0,1\n0,3,7\n"), true);
  EXPECT_EQ(HasHeader("0,1,2\nx,y,z\n"), true);
}

TEST(CsvLayout, TakesForNoneWhatHoldsNumbersLikeTheNext) {
  EXPECT_EQ(HasHeader("1,2\n3,4\n"), false);
  EXPECT_EQ(HasHeader("0,1,3\n3,4,5\n"), false);
  EXPECT_EQ(HasHeader("1.5,setosa\n2.5,setosa\n"), false);
  EXPECT_EQ(HasHeader("5,8\n"), false);
  EXPECT_EQ(HasHeader("0\n1\n"), false);        // a single field counts nowhere
  EXPECT_EQ(HasHeader("nan,1\n2,2\n"), false);  // to be refused, not to go missing
}

TEST(CsvLayout, LetsTextDecideNothing) {
  EXPECT_EQ(HasHeader("a,b\nc,d\n"), std::nullopt);
  EXPECT_EQ(HasHeader("a,b\n1,x\nc,d\n"), std::nullopt);
  EXPECT_EQ(HasHeader("a,b\n"), std::nullopt);
  std::string late = "a\n";
  for (int i = 0; i < 1000; ++i) late += "1\n";
  EXPECT_EQ(HasHeader(late + "x\n"), true);  // beyond the lines that are looked at
  EXPECT_EQ(HasHeader("a\nx\n" + late.substr(2)), std::nullopt);
}

}  // namespace
}  // namespace biasbench::data
