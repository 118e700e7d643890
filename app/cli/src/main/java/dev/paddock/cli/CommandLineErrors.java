package dev.paddock.cli;

import dev.paddock.core.PaddockException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What goes wrong is one clear line on stderr and the documented exit code. */
final class CommandLineErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed)
      throws Exception {
    if (e instanceof PaddockException known) {
      say(command, Screen.printable(known.getMessage()));
      return Exit.of(known);
    }
    if (e instanceof InterruptedException) {
      return Exit.INTERRUPTED;
    }
    throw e;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    say(command, Screen.printable(String.valueOf(e.getMessage())));
    if (!UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
      command.getErr().println("see: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return Exit.USAGE;
  }

  private static void say(CommandLine command, String message) {
    command.getErr().println("paddock: " + message);
  }
}
