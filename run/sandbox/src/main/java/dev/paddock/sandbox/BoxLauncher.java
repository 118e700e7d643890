package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts the boxes of one sandbox: a small shell joins the control group, lowers its limits, opens
 * the filter and the arguments, and becomes bubblewrap.
 *
 * @param filter the file with the seccomp program
 * @param arguments the file with bubblewrap's arguments
 * @param bridge the stage before the box, where it may reach hosts
 */
record BoxLauncher(
    Bubblewrap bubblewrap,
    Path filter,
    Path arguments,
    Limits limits,
    ControlGroup group,
    LaunchOptions options,
    Optional<EgressBridge> bridge) {

  private static final Path NULL = Path.of("/dev/null");

  /** The exit code of the script when it cannot prepare the box. */
  private static final int SCRIPT_FAILED = 125;

  /**
   * Starts a box.
   *
   * @param status the file that bubblewrap will write its account to
   */
  Process start(BoxStart box, Path status) {
    List<String> line = new ArrayList<>(options.prefix());
    line.addAll(List.of("/bin/sh", "-c", script(box), "paddock"));
    Path view = box.network().arguments().orElse(arguments);
    line.addAll(List.of(filter.toString(), view.toString(), status.toString()));
    line.add(Integer.toString(group.joinFiles().size()));
    group.joinFiles().forEach(file -> line.add(file.toString()));
    bridge(box)
        .ifPresent(
            stage ->
                line.addAll(
                    List.of(
                        stage.arguments().toString(),
                        bridgeStatus(status).toString(),
                        EgressBridge.SCRIPT,
                        stage.socat().toString())));
    line.addAll(confine(box.command()));
    ProcessBuilder builder = new ProcessBuilder(line).directory(Path.of("/").toFile());
    if (!box.input()) {
      builder.redirectInput(Redirect.from(NULL.toFile()));
    }
    if (options.has(Measure.EMPTY_ENVIRONMENT)) {
      builder.environment().clear();
    }
    return ProcessStarter.start(builder, "cannot start a process for the sandbox");
  }

  /** The stage before this box, which one that shares a network does without. */
  Optional<EgressBridge> bridge(BoxStart box) {
    return box.network() instanceof BoxStart.Own ? bridge : Optional.empty();
  }

  private String script(BoxStart box) {
    StringBuilder script = new StringBuilder();
    // by this shell, which leads no session: the terminal becomes nobody's but the box's
    box.terminal()
        .map(Terminal::path)
        .ifPresent(path -> script.append("exec 0<>'").append(path).append("' 1>&0 || exit 125\n"));
    script.append("exec 3<\"$1\" 4<\"$2\" 5>\"$3\" || exit 125\n");
    options
        .leaked()
        .filter(file -> !options.has(Measure.NO_INHERITED_FILES))
        .ifPresent(file -> script.append("exec 9<'").append(file).append("'\n"));
    script.append(
        """
        groups=$4
        shift 4
        while [ $groups -gt 0 ]; do
          echo 0 >"$1" || exit 125
          shift
          groups=$((groups - 1))
        done
        """);
    ulimit(script, "-c", 0);
    if (options.has(Measure.OPEN_FILES_LIMIT)) {
      ulimit(script, "-n", ResourceLimits.atMost("Max open files", limits.openFiles()));
    }
    if (options.has(Measure.FILE_SIZE_LIMIT)) {
      long blocks = Math.ceilDiv(limits.fileSizeBytes(), 512);
      ulimit(script, "-f", ResourceLimits.atMost("Max file size", blocks));
    }
    if (options.has(Measure.CPU_LIMIT)) {
      // the soft limit names the cause by its signal, the hard one ends who ignores it
      ulimit(script, "-St", ResourceLimits.atMost("Max cpu time", limits.cpuSeconds()));
      ulimit(script, "-Ht", ResourceLimits.atMost("Max cpu time", limits.cpuSeconds() + 2));
    }
    if (options.has(Measure.MEMORY_LIMIT) && !group.enforced().containsKey(Limit.MEMORY)) {
      long kibibytes = limits.memoryBytes() / 1024;
      ulimit(script, "-d", ResourceLimits.atMost("Max data size", kibibytes));
    }
    script.append("unset PWD OLDPWD\n");
    String run = "BWRAP --args 4 --seccomp 3 --json-status-fd 5 -- \"$@\"\n";
    switch (box.network()) {
      case BoxStart.Own _ when bridge.isPresent() -> {
        script.append("exec 7<\"$1\" 6>\"$2\" || exit 125\nbridge=$3 socat=$4\nshift 4\n");
        script.append("exec BWRAP --args 7 --json-status-fd 6 -- /bin/sh -c \"$bridge\" bridge");
        script.append(" \"$socat\" BWRAP \"$@\"\n");
      }
      case BoxStart.Own _ -> script.append("exec ").append(run);
      case BoxStart.Shared shared -> script.append(shared.enter()).append(run);
      case BoxStart.Beside beside -> {
        script.append("exec 8<&0 9>&1 </dev/null >/dev/null\n");
        script.append(beside.shared().enter()).append(run);
      }
      // nothing of the agent's runs in it, and its bridge needs what the filter refuses
      case BoxStart.Holder _ -> script.append("exec BWRAP --args 4 --json-status-fd 5 -- \"$@\"\n");
    }
    return script.toString().replace("BWRAP", bubblewrap.program().toString());
  }

  /** The file of the bridge's own account, whose process ids are the host's. */
  Path bridgeStatus(Path status) {
    return status.resolveSibling(status.getFileName() + "-bridge");
  }

  private static void ulimit(StringBuilder script, String flag, long value) {
    script.append("ulimit ").append(flag).append(' ').append(value).append(" || exit ");
    script.append(SCRIPT_FAILED).append('\n');
  }

  /**
   * Without a control group the number of processes is limited inside the box: there it counts the
   * processes of the box's own user namespace, outside it would count all of the user's.
   */
  private List<String> confine(List<String> command) {
    if (!options.has(Measure.PROCESS_LIMIT) || group.enforced().containsKey(Limit.PROCESSES)) {
      return command;
    }
    List<String> confined = new ArrayList<>();
    confined.addAll(
        List.of("/bin/bash", "-c", "ulimit -u " + limits.processes() + " && exec \"$@\"", "bash"));
    confined.addAll(command);
    return confined;
  }
}
