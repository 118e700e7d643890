package dev.paddock.node;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One task to run here.
 *
 * @param agent a folder with a {@code SKILL.md}, or the name of a bundled agent
 * @param prompt the task; without one the skill's own text is the task
 * @param in a folder that is copied into the workspace and never changed
 * @param from a snapshot that the workspace begins with, instead of {@code in}
 * @param manifest a file with what the workspace is to hold, instead of what the agent names
 * @param out where files that the agent added or changed are written
 */
public record TaskRequest(
    String agent,
    Optional<String> prompt,
    Optional<Path> in,
    Optional<Path> out,
    Optional<String> model,
    Optional<String> from,
    Optional<Path> manifest) {}
