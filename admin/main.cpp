#include "admin/cli/program.h"

int main(int argc, char** argv) {
    return mailca::admin::runProgram(argc, argv);
}
