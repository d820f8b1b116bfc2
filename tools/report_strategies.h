// What the table of strategies says about a strategy that a row names.
#pragma once

#include <string>
#include <string_view>

namespace biasbench::report {

enum class Kind {
  kNeverUpdated,
  kOtherStorage,  // updated, but not one float a hidden node
  kOtherUpdate,   // `learned` and those that differ from it in the update alone
  kOtherStart,    // other initial values; only biases learn; unknown to this program
};

Kind KindOf(const std::string& strategy);

// The table's line about the strategy; empty if it is unknown to this program.
std::string_view AnswerOf(const std::string& strategy);

}  // namespace biasbench::report
