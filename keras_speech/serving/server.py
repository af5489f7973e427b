"""The application behind a port."""

import socket
import warnings

from keras_speech.serving.application import application, require_packages
from keras_speech.serving.limits import Limits


def serve(models, *, host="127.0.0.1", port=8000, name=None, limits=None, started=None):
    """Serves voices and SavedModels by HTTP until the process gets SIGTERM or Ctrl-C.

    What is running then is finished, within `limits.stop_timeout`; nothing new is taken on.

    Args:
        models: what `application` takes: `keras_speech.Voice`, its name, a directory, a list of
            these, or a dict by name.
        host: address to listen on. Defaults to this machine alone; `"0.0.0.0"` is every address.
        port: from 0 to 65535; 0 takes a free one. Defaults to 8000.
        name: what clients call the model, where it is one. Defaults to its own name.
        limits: `Limits`. Defaults to its defaults.
        started: function of the server's URL, called once it listens. Defaults to none.

    Raises:
        ValueError: for what `application` does not take.
        OSError: where the address cannot be listened on; the message names it.
        ModuleNotFoundError: where the extra `[serve]` is not installed.

    Example:

    >>> serve(keras_speech.Voice.from_preset("kathleen"))  # doctest: +SKIP
    """
    require_packages()
    import uvicorn

    limits = limits or Limits()
    app = application(models, name=name, limits=limits)
    with _listening(host, port) as listener:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            # Seconds for what runs, whole ones; connections are closed then.
            timeout_graceful_shutdown=max(1, round(limits.stop_timeout)),
        )
        url = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"

        class Server(uvicorn.Server):
            async def startup(self, sockets=None):
                await super().startup(sockets)
                # Not before: a signal would end the process as if nothing served.
                if self.started and started is not None:
                    started(url)

        server = Server(config)
        with warnings.catch_warnings():
            # They would put what people have spoken into the log.
            warnings.simplefilter("ignore")
            try:
                server.run(sockets=[listener])
            except (KeyboardInterrupt, SystemExit):
                # uvicorn raises the signal again after it has stopped in good order.
                if not server.should_exit:
                    raise


def _listening(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OSError(f"The server cannot listen on {host}, port {port}: {reason}.") from error
    # Its connections inherit this. Else the body of an answer waits until the client has
    # acknowledged the head, which clients put off for 40 ms on connections that they keep.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
