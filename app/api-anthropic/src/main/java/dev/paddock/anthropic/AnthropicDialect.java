package dev.paddock.anthropic;

import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.util.List;
import java.util.stream.Stream;

/** Anthropic's API: Managed Agents, which is the native one. */
public final class AnthropicDialect implements Dialect {
  /** Files and models are other vendors' too: there a version header asks for this one's. */
  private static final List<String> OWN =
      List.of(
          "/v1/agents",
          "/v1/environments",
          "/v1/sessions",
          "/v1/skills",
          "/v1/vaults",
          "/v1/memory_stores",
          "/v1/messages",
          "/v1/tunnels",
          "/v1/deployments",
          "/v1/deployment_runs",
          "/v1/user_profiles",
          "/v1/organizations",
          "/v1/dreams",
          "/v1/webhooks");

  @Override
  public String name() {
    return "anthropic";
  }

  @Override
  public List<Route> routes(Platform platform) {
    return Stream.of(
            ManagedAgents.routes(platform),
            new MessagesResource(platform).routes(),
            new ModelsResource(platform).routes())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public List<NotOffered> notOffered() {
    return List.of(
        new NotOffered("*", "/v1/environments/{id}/work/**", "work queues of environments"),
        new NotOffered("*", "/v1/environments/{id}/keys/**", "keys of environments"),
        new NotOffered("*", "/v1/sessions/{id}/workflow_runs/**", "workflow runs"),
        new NotOffered("*", "/v1/messages/batches/**", "batches of messages"),
        new NotOffered("*", "/v1/tunnels/**", "tunnels"),
        new NotOffered("*", "/v1/deployments/**", "deployments"),
        new NotOffered("*", "/v1/deployment_runs/**", "deployment runs"),
        new NotOffered("*", "/v1/user_profiles/**", "user profiles"),
        new NotOffered("*", "/v1/organizations/**", "organizations"),
        new NotOffered("*", "/v1/dreams/**", "dreams"),
        new NotOffered("*", "/v1/webhooks/**", "webhooks"));
  }

  @Override
  public boolean claims(RequestHead head) {
    boolean versioned =
        head.header("anthropic-version").isPresent() || head.header("anthropic-beta").isPresent();
    // Google's clients ask for agents and environments at the same paths.
    boolean ours = under(OWN, head.path()) && head.header("x-goog-api-key").isEmpty();
    return ours || (versioned && head.path().startsWith("/v1/"));
  }

  private static boolean under(List<String> roots, String path) {
    return roots.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
  }

  @Override
  public Reply.Json error(Problem problem, String requestId) {
    return AnthropicErrors.of(problem, requestId);
  }
}
