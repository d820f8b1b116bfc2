# biasbench_script_test(<name> COMMAND … [MODULES …]): a script that is a test, registered where
# Python has the modules that it imports (tools/setup --dev --peers).
function(biasbench_script_test name)
  cmake_parse_arguments(ARG "" "" "COMMAND;MODULES" ${ARGN})
  foreach(module ${ARG_MODULES})
    execute_process(
      COMMAND /usr/bin/python3 -c "import importlib.util; exit(importlib.util.find_spec('${module}') is None)"
      RESULT_VARIABLE code OUTPUT_QUIET ERROR_QUIET)
    if(NOT code EQUAL 0)
      biasbench_missing("the test ${name} is left out: Python has no module ${module}")
      return()
    endif()
  endforeach()
  add_test(NAME ${name} COMMAND ${ARG_COMMAND})
  # By it a script says why there is nothing it could test here.
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()
