#include "report/faults.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "record/result_file.h"

namespace biasbench::report {
namespace {

std::string Written(const std::string& text) {
  std::string path = testing::TempDir() + "report_faults." + std::to_string(getpid());
  std::ofstream(path) << text;
  return path;
}

TEST(LoadFaultCurves, KeepsEveryCurve) {
  const FaultCurves curves = LoadFaultCurves(
      Written("fault,strategy,epoch,train_loss\nnone,learned,0,0.5\nnone,learned,1,0.25\n"
              "bias_sign,learned,0,0.5\nbias_sign,learned,1,\n"));
  ASSERT_EQ(curves.size(), 2U);
  EXPECT_EQ(curves.at({"none", "learned"}).at(1), 0.25);
  EXPECT_EQ(curves.at({"bias_sign", "learned"}).size(), 1U);
}

TEST(LoadFaultCurves, RefusesAnotherFile) {
  EXPECT_THROW(LoadFaultCurves(Written("a,b\n1,2\n")), record::FileError);
  EXPECT_THROW(LoadFaultCurves(Written("fault,strategy,epoch,train_loss\nnone,learned\n")),
               record::FileError);
  for (const std::string fields : {"x,0.5", "1x,0.5", "99999999999,0.5", "1,half", "1,0.5x"}) {
    EXPECT_THROW(
        LoadFaultCurves(Written("fault,strategy,epoch,train_loss\nnone,learned," + fields + "\n")),
        record::FileError)
        << fields;
  }
}

}  // namespace
}  // namespace biasbench::report
