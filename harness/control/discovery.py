"""The remote controls of this machine: ADB devices, blasters, CEC adapters, and those on its network."""

from harness.control.finding import adb_devices, device_files, lircd_remotes, network, serial_ports
from harness.ports import Port


def control_ports(listen_s: float = 0.0) -> list[Port]:
    """Return what a device can be controlled by from here, in the order of their URIs.

    With `listen_s` it also listens so long for boxes on the network (iTachs send a beacon every 10 to 60 s,
    Rokus answer within 3 s); without, nothing is sent to anybody.
    """
    found = [*adb_devices.find(), *serial_ports.find(), *device_files.find(), *lircd_remotes.find()]
    if listen_s > 0:
        found += network.find(listen_s)
    return sorted(found, key=lambda port: port.uri)
