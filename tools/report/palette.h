// The colours of lines and bars, at least 3:1 against a picture's background in both colour schemes
// and as far apart as that allows for people with any colour vision.
#pragma once

#include <string_view>

namespace biasbench::report {

inline constexpr std::string_view kBlack = "#000000";
inline constexpr std::string_view kRed = "#7c1703";
inline constexpr std::string_view kBlue = "#003496";
inline constexpr std::string_view kGreen = "#1a7441";
inline constexpr std::string_view kOrange = "#a78017";
inline constexpr std::string_view kPurple = "#671662";
inline constexpr std::string_view kSky = "#1d7ef9";
inline constexpr std::string_view kGrey = "#888888";
// Of large areas alone: as a line it is too near to purple.
inline constexpr std::string_view kPink = "#c8559f";

}  // namespace biasbench::report
