"""Serves moto on loopback, made ready for the web service of this directory.

    pip install 'moto[server]==5.2.5'
    python serve-moto.py [PORT]

moto stands in for AWS. It is given what an account would have, the networks that the stages name,
and the two answers of AWS that moto 5.2.5 lacks and without which no apply comes to rest.
"""

import json
import re
import sys
from pathlib import Path
from unittest.mock import patch

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.server import main

REGION = "eu-central-1"


def create_networks() -> None:
    """Creates the networks of stages/*.tfvars under their own identifiers, not such as moto draws."""
    backend = ec2_backends[DEFAULT_ACCOUNT_ID][REGION]
    created = set()
    for stage in sorted((Path(__file__).parent / "stages").glob("*.tfvars")):
        text = stage.read_text()
        (vpc,) = re.findall(r'"(vpc-\w+)"', text)
        if vpc in created:
            continue
        created.add(vpc)
        with patch("moto.ec2.models.vpcs.random_vpc_id", return_value=vpc):
            backend.create_vpc("10.0.0.0/16")
        for number, subnet in enumerate(re.findall(r'"(subnet-\w+)"', text)):
            with patch("moto.ec2.models.subnets.random_subnet_id", return_value=subnet):
                zone = REGION + "ab"[number]
                backend.create_subnet(vpc, f"10.0.{number}.0/24", availability_zone=zone)


def list_tags_of_scalable_targets() -> None:
    """Keeps the tags that a scalable target is registered with, and lists them."""
    register = ApplicationAutoScalingResponse.register_scalable_target
    tags = {}

    def register_scalable_target(self):
        answer = register(self)
        tags[json.loads(answer)["ScalableTargetARN"]] = self._get_param("Tags") or {}
        return answer

    def list_tags_for_resource(self):
        return json.dumps({"Tags": tags[self._get_param("ResourceARN")]})

    ApplicationAutoScalingResponse.register_scalable_target = register_scalable_target
    ApplicationAutoScalingResponse.list_tags_for_resource = list_tags_for_resource


def keep_zone_rebalancing_of_services() -> None:
    """Keeps `availabilityZoneRebalancing` from a service's creation, as moto does from its update."""
    create = EC2ContainerServiceResponse.create_service

    def create_service(self):
        answer = create(self)
        rebalancing = self._get_param("availabilityZoneRebalancing")
        answer.result["service"].availability_zone_rebalancing = rebalancing
        return answer

    EC2ContainerServiceResponse.create_service = create_service


if __name__ == "__main__":
    create_networks()
    list_tags_of_scalable_targets()
    keep_zone_rebalancing_of_services()
    main(["-H", "127.0.0.1", "-p", sys.argv[1] if len(sys.argv) > 1 else "5000"])
