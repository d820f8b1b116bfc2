// --benchmark_filter on canonical names. Google Benchmark itself would match names that end in
// "/iterations:1/manual_time".
#pragma once

#include <regex.h>

#include <string>

namespace biasbench::bench {

class RowFilter {
 public:
  // `pattern` as Google Benchmark has it. Throws std::invalid_argument for no regular expression.
  explicit RowFilter(const std::string& pattern);
  RowFilter(const RowFilter&) = delete;
  RowFilter& operator=(const RowFilter&) = delete;
  ~RowFilter() { regfree(&regex_); }

  bool Matches(const std::string& name) const;

 private:
  regex_t regex_{};
  bool is_set_;
  bool is_negative_;
};

}  // namespace biasbench::bench
