// The first screen in sentences, made of contrasts and measured bytes alone: other rows give other
// sentences. What was not measured is named in place of what it would say.
#pragma once

#include <string>
#include <vector>

#include "report/markdown.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {

inline constexpr const char* kQuestion =
    "May I leave the biases of a neural network out, or fix them at 1, to save memory? And how "
    "should a bias be updated?";

// "No, because …", "Yes: …" or that it cannot be told.
std::string Verdict(const Results& results, const std::vector<Finding>& findings);

// Savings, where it hurts, alternatives, updates: a line or two each, by medians.
std::vector<ListItem> ShortAnswers(const Results& results, const std::vector<Finding>& findings);

// The savings of fixing biases, and the alternatives.
std::vector<ListItem> Answer(const Results& results, const std::vector<Finding>& findings);

// Tasks on which biases help and do not, other brightness, speed.
std::vector<ListItem> BothSides(const Results& results, const std::vector<Finding>& findings);

}  // namespace biasbench::report
