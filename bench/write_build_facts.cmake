# Run at every build: writes OUTPUT from TEMPLATE, and touches it only when something has changed.
# Without git, or outside a repository of our own (a tarball), the commit stays empty.
function(git variable)
  execute_process(COMMAND git -C ${SOURCE_DIR} ${ARGN} OUTPUT_VARIABLE output ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    set(output "")
  endif()
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

set(GIT_SHA "")
set(GIT_IS_DIRTY false)
git(top rev-parse --show-toplevel)
file(REAL_PATH "${SOURCE_DIR}" source_dir)
if(top STREQUAL source_dir)
  git(GIT_SHA rev-parse HEAD)
  git(changes status --porcelain --untracked-files=no)
  if(changes)
    set(GIT_IS_DIRTY true)
  endif()
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
