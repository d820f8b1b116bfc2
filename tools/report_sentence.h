// What the report says in a sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace biasbench::report {

struct Sentence {
  std::string topic;
  std::string text;  // `code` between backticks; each line after the first is a point of its own
};

// The text of a sentence with a point for each of `points`: "Lead:" and these below. Without any,
// "Unknown: " and `why_none`.
std::string LeadAndPoints(std::string_view lead, const std::vector<std::string>& points,
                          std::string_view why_none);

}  // namespace biasbench::report
