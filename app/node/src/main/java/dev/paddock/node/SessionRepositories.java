package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.SessionDocument.Repository;
import dev.paddock.core.EventId;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.Sessions;
import dev.paddock.node.GitCheckout.Failure;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The repositories of a place, each put into its workspace once, before a call needs it. */
final class SessionRepositories {
  private final SessionPlace place;
  private final Workspace workspace;
  private final GitCheckout git;
  private final Function<String, Optional<String>> tokens;
  private final Sessions sessions;

  /**
   * @param tokens a repository's token by its id, where it has one
   */
  SessionRepositories(
      SessionPlace place,
      Workspace workspace,
      GitCheckout git,
      Function<String, Optional<String>> tokens,
      Sessions sessions) {
    this.place = place;
    this.workspace = workspace;
    this.git = git;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  /** What is missing is checked out; why one is not, if it cannot be. */
  synchronized Optional<String> require() throws InterruptedException {
    for (Repository repository : place.repositories()) {
      Placed placed = placed(repository);
      if (!placed.done()) {
        Optional<Failure> failure = place(repository);
        if (failure.isPresent()) {
          tell(repository, failure.get());
          return Optional.of(
              "The call was not run: the repository %s could not be checked out: %s"
                  .formatted(repository.url(), failure.get().message()));
        }
        placed.mark();
      }
    }
    return Optional.empty();
  }

  private Placed placed(Repository repository) {
    String version =
        String.join(
            " ", repository.url(), repository.branch().orElse(""), repository.commit().orElse(""));
    return Placed.of(place.folder(), repository.path(), version);
  }

  private Optional<Failure> place(Repository repository) throws InterruptedException {
    Path staging = place.folder().resolve(Ids.next("checkout"));
    try {
      if (workspace.entry(repository.path() + "/.git").isPresent()) {
        // The process was killed after it had put it there.
        return Optional.empty();
      }
      Home.privateFolder(staging);
      git.git().requireGit(staging);
      Path folder = staging.resolve("repository");
      Optional<Failure> failure = git.run(repository, folder, repository.token().flatMap(tokens));
      if (failure.isEmpty()) {
        workspace.moveIn(folder, repository.path());
      }
      return failure;
    } catch (PaddockException e) {
      return Optional.of(new Failure("repository_checkout_error", e.getMessage()));
    } catch (IOException e) {
      throw NodeException.cannotUse(staging, e);
    } finally {
      WorkspaceRemoval.remove(staging);
    }
  }

  private void tell(Repository repository, Failure failure) {
    ObjectNode error = Json.object().put("type", failure.type());
    error.put("message", failure.message()).put("repository_url", repository.url());
    // The next call tries again.
    error.putObject("retry_status").put("type", "retrying");
    sessions.append(
        place.owner().id(),
        Append.acknowledged(NewEvent.of(new SessionEvent.SessionError(EventId.next(), error))));
  }
}
