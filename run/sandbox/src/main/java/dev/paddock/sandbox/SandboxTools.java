package dev.paddock.sandbox;

import dev.paddock.core.spi.Tool;
import java.util.List;

/** The tools that an agent works with in its workspace. */
public final class SandboxTools {
  private SandboxTools() {}

  /** {@code bash}, {@code read}, {@code write}, {@code edit}, {@code glob}, {@code grep}. */
  public static List<Tool> all(Workspace workspace, LazySandbox sandbox) {
    return List.of(
        new BashTool(sandbox),
        new ReadTool(workspace),
        new WriteTool(workspace),
        new EditTool(workspace),
        new GlobTool(workspace),
        new GrepTool(workspace));
  }

  /** {@code apply_patch}: what some models know by heart, offered to agents that name it. */
  public static List<Tool> named(Workspace workspace) {
    return List.of(new ApplyPatchTool(workspace));
  }
}
