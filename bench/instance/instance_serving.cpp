#include "bench/instance/instance_serving.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <exception>

#include "kernel/denormals.h"

namespace biasbench::bench {

int ServeInstance(std::string_view argument,
                  const std::function<void(const nlohmann::json&, LineChannel&)>& serve) {
  // Ends the process with its parent: training does not read its input and would outlive a parent
  // that was killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const kernel::FlushDenormals flush;
  LineChannel channel(STDIN_FILENO);
  try {
    serve(nlohmann::json::parse(argument), channel);
    return 0;
  } catch (const std::exception& error) {
    channel.Send({{"error", error.what()}});
    return 1;
  }
}

}  // namespace biasbench::bench
