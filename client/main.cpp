#include "client/program.h"

int main(int argc, char** argv) {
    return mailca::client::run(argc, argv);
}
