// The machine and the builds that a folder's files come from.
#pragma once

#include <string>

#include "report/markdown.h"
#include "report/results.h"

namespace biasbench::report {

// The commit of all files, in a phrase like "at commit `0123abcd`"; of each, where they differ;
// empty if no file says.
std::string CommitPhrase(const Results& results);

// "Measured on … at commit …".
std::string Origin(const Results& results);
// The machine and the state of the code, in a sentence.
std::string Provenance(const Results& results);
// Warns, in a sentence, that the files come from different commits, compilers or flags, and says
// which from which. Empty if they agree.
std::string BuildWarning(const Results& results);

Table MachineTable(const nlohmann::json& machine);

// The origin of each file: date, command, build, threads, peaks.
Table BuildTable(const Results& results);

}  // namespace biasbench::report
