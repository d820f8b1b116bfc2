// Figures in prose that people write: what stands between `<!-- report:NAME -->` and
// `<!-- /report -->` is the report's, all else theirs.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace biasbench::report {

// By name: a phrase within a line, or a block of lines, which ends with a newline.
using Facts = std::map<std::string, std::string, std::less<>>;

// The text with each fact between its markers. Throws record::FileError, naming the file, for a
// marker that is never closed or closes nothing, and for a name that is not a fact's.
std::string Fill(std::string_view text, const Facts& facts, std::string_view path);

// The text without markers and what stands between them: what people wrote.
std::string WithoutFacts(std::string_view text);

}  // namespace biasbench::report
