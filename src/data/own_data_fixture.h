// The fixture of the tests of the reader's own data.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "data/own_data.h"
#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {

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

}  // namespace biasbench::data
