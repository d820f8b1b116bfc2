#include "record/guarded_main.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <system_error>

#include "record/standard_streams.h"

namespace biasbench::record {
namespace {

constexpr int kUnusable = 2;

// open() gives the lowest free number. Opened the wrong way round, a stream fails as a closed one.
void OccupyClosedStreams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    static_cast<void>(open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace

int GuardedMain(std::string_view program, const std::function<int()>& run) {
  OccupyClosedStreams();
  try {
    const int status = run();
    FlushOutput();
    return status;
  } catch (const std::exception& error) {
    // A failed print to stdout throws too, in words that do not say what could not be written.
    const bool is_print = dynamic_cast<const std::system_error*>(&error) != nullptr;
    PrintError(program, is_print && std::ferror(stdout) != 0 ? kOutputIsLost : error.what());
    return kUnusable;
  }
}

}  // namespace biasbench::record
