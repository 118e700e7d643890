package dev.paddock.sandbox;

import dev.paddock.core.spi.Tool;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The tools that an agent works with in its workspace. */
public final class SandboxTools {
  private SandboxTools() {}

  /**
   * {@code bash}, {@code read}, {@code write}, {@code edit}, {@code glob}, {@code grep}.
   *
   * @param shell the name of the shell that {@code bash} uses
   */
  public static List<Tool> all(Workspace workspace, LazySandbox sandbox, String shell) {
    return List.of(
        new BashTool(sandbox, shell),
        new ReadTool(workspace),
        new WriteTool(workspace),
        new EditTool(workspace),
        new GlobTool(workspace),
        new GrepTool(workspace));
  }

  /** {@link #named} and {@link #exposePort}, by name. */
  public static final Set<String> NAMED =
      Set.of("apply_patch", "exec_command", "write_stdin", "view_image", "expose_port");

  /**
   * {@code apply_patch}, {@code exec_command}, {@code write_stdin}, {@code view_image}: what some
   * models know by heart, for agents that name them.
   *
   * @param modelSees whether the model of the session takes images
   */
  public static List<Tool> named(
      Workspace workspace, LazySandbox sandbox, BooleanSupplier modelSees) {
    return List.of(
        new ApplyPatchTool(workspace),
        new ExecCommandTool(sandbox),
        new WriteStdinTool(sandbox),
        new ViewImageTool(workspace, modelSees));
  }

  /** {@code expose_port}, for agents that name it. */
  public static Tool exposePort(LazySandbox sandbox, PortExposer exposer) {
    return new ExposePortTool(sandbox, exposer);
  }
}
