"""The remote controls of this machine: ADB devices, blasters, CEC adapters."""

from harness.ports import Port


def control_ports(listen_s: float = 0.0) -> list[Port]:
    """Return what a device can be controlled by from here, in the order of their URIs.

    With `listen_s` it also listens so long for boxes on the network; without, nothing is sent to anybody.
    """
    return []
