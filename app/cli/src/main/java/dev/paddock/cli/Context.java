package dev.paddock.cli;

import dev.paddock.core.ErrorCode;
import dev.paddock.node.Home;
import dev.paddock.node.Node;
import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** What every command is made with. */
final class Context implements IFactory {
  private final Map<String, String> environment;

  Context(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  Map<String, String> environment() {
    return environment;
  }

  Home home() {
    return Home.of(environment);
  }

  Node open() {
    return Node.open(environment);
  }

  /**
   * This home, for what no server offers.
   *
   * @param what is done only there, such as {@code keys are kept}
   */
  Node openHome(String what) {
    if (RemoteServer.of(environment).isPresent()) {
      throw new RemoteException(
          ErrorCode.INVALID_REQUEST,
          what + " by the home itself; unset PADDOCK_URL and run it where PADDOCK_HOME lies");
    }
    return open();
  }

  /** Of the server that {@code PADDOCK_URL} names, else of this home. */
  SessionCalls sessions() {
    Optional<RemoteServer> server = RemoteServer.of(environment);
    return server.isPresent() ? new RemoteSessions(server.get()) : new HomeSessions(open());
  }

  /** As {@link #sessions()}. */
  Api api() {
    Optional<RemoteServer> server = RemoteServer.of(environment);
    return server.isPresent() ? server.get() : HomeApi.open(open());
  }

  Screen screen() {
    return Screen.of(environment);
  }

  /** The look of the screen on stdout, without a status line. */
  Screen output() {
    return screen().to(System.out);
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      Class<?>[] parameters = constructor.getParameterTypes();
      if (parameters.length == 1 && parameters[0] == Context.class) {
        return type.cast(constructor.newInstance(this));
      }
    }
    return CommandLine.defaultFactory().create(type);
  }
}
