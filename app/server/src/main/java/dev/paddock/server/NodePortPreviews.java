package dev.paddock.server;

import dev.paddock.core.SessionId;
import dev.paddock.node.Node;
import dev.paddock.server.spi.PortPreviews;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The previews of a node, as dialects see them. */
record NodePortPreviews(Node node) implements PortPreviews {
  @Override
  public List<Known> list(SessionId session) {
    return node.previews().list(session).stream().map(NodePortPreviews::shown).toList();
  }

  @Override
  public Opened open(SessionId session, int port, Duration life) {
    dev.paddock.node.PortPreviews.Opened opened = node.previews().open(session, port, life);
    return new Opened(shown(opened.known()), opened.url());
  }

  @Override
  public Optional<Known> revoke(SessionId session, String id) {
    return node.previews().revoke(session, id).map(NodePortPreviews::shown);
  }

  @Override
  public void end(SessionId session) {
    node.previews().end(session);
  }

  private static Known shown(dev.paddock.node.PortPreviews.Known known) {
    return new Known(
        known.id(),
        known.session(),
        known.port(),
        known.createdAt(),
        known.expiresAt(),
        known.state().name().toLowerCase(Locale.ROOT));
  }
}
