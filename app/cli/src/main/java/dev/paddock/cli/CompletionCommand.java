package dev.paddock.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints the completion script of a shell.",
    footer = {
      "",
      "bash:  source <(./paddock completion bash)",
      "zsh:   source <(./paddock completion zsh)"
    })
final class CompletionCommand implements Callable<Integer> {
  private enum Shell {
    bash,
    zsh
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  private Shell shell = Shell.bash;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    if (shell == Shell.zsh) {
      System.out.println(
          "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit");
    }
    System.out.println(AutoComplete.bash("paddock", root));
    return Exit.OK;
  }
}
