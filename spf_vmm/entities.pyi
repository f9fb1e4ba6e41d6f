"""Made by odata3 from the model: change the model, not this file."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias, overload
from uuid import UUID

from odata3.client.context import DataServiceContext
from odata3.client.operations import Functions
from odata3.client.query import DataServiceQuery
from odata3.entities.classes import Namespace
from odata3.entities.entity import ComplexValue, Entity
from odata3.entities.properties import Complexes, NamedStream, Navigation, Navigations, Property, Structured, Values

def types() -> Any: ...

_ApplicationHostType: TypeAlias = ApplicationHost
_ApplicationHostTemplateType: TypeAlias = ApplicationHostTemplate
_BGPPeerType: TypeAlias = BGPPeer
_BasicStatisticsType: TypeAlias = BasicStatistics
_CapabilityProfileType: TypeAlias = CapabilityProfile
_CloudType: TypeAlias = Cloud
_CloudCapacityType: TypeAlias = CloudCapacity
_CloudResourceType: TypeAlias = CloudResource
_CloudServiceType: TypeAlias = CloudService
_ComputerTierType: TypeAlias = ComputerTier
_ComputerTierTemplateType: TypeAlias = ComputerTierTemplate
_ConnectToAddressType: TypeAlias = ConnectToAddress
_CustomPropertyType: TypeAlias = CustomProperty
_DataVirtualHardDiskType: TypeAlias = DataVirtualHardDisk
_DomainJoinType: TypeAlias = DomainJoin
_ErrorInfoType: TypeAlias = ErrorInfo
_GuestInfoType: TypeAlias = GuestInfo
_HardwareProfileType: TypeAlias = HardwareProfile
_IPAddressType: TypeAlias = IPAddress
_ISOType: TypeAlias = ISO
_InstanceViewType: TypeAlias = InstanceView
_IntrinsicSettingsType: TypeAlias = IntrinsicSettings
_JobType: TypeAlias = Job
_JobDescriptionType: TypeAlias = JobDescription
_LibraryShareType: TypeAlias = LibraryShare
_LinuxOperatingSystemProfileType: TypeAlias = LinuxOperatingSystemProfile
_LoadBalancerConfigurationType: TypeAlias = LoadBalancerConfiguration
_LogicalNetworkType: TypeAlias = LogicalNetwork
_NATConnectionType: TypeAlias = NATConnection
_NATRuleType: TypeAlias = NATRule
_NetworkAdapterType: TypeAlias = NetworkAdapter
_NetworkProfileType: TypeAlias = NetworkProfile
_NewServiceDeploymentType: TypeAlias = NewServiceDeployment
_NewVMVirtualNetworkAdapterInputType: TypeAlias = NewVMVirtualNetworkAdapterInput
_OSProfileType: TypeAlias = OSProfile
_OperatingSystemType: TypeAlias = OperatingSystem
_PerformanceDataType: TypeAlias = PerformanceData
_PortConfigurationType: TypeAlias = PortConfiguration
_ProbeType: TypeAlias = Probe
_QuotaAndUsageComponentType: TypeAlias = QuotaAndUsageComponent
_ResDefHardwareProfileType: TypeAlias = ResDefHardwareProfile
_ResourceConfigurationType: TypeAlias = ResourceConfiguration
_ResourceExtensionReferenceType: TypeAlias = ResourceExtensionReference
_ResourceParameterType: TypeAlias = ResourceParameter
_RunAsAccountType: TypeAlias = RunAsAccount
_ScaleOutSettingType: TypeAlias = ScaleOutSetting
_ServiceType: TypeAlias = Service
_ServiceDeploymentConfigurationType: TypeAlias = ServiceDeploymentConfiguration
_ServiceSettingType: TypeAlias = ServiceSetting
_ServiceSettingsInputType: TypeAlias = ServiceSettingsInput
_ServiceTemplateType: TypeAlias = ServiceTemplate
_ServiceTierAndVMConfigurationType: TypeAlias = ServiceTierAndVMConfiguration
_ServicingWindowType: TypeAlias = ServicingWindow
_StaticIPAddressPoolType: TypeAlias = StaticIPAddressPool
_StorageProfileType: TypeAlias = StorageProfile
_SubstateType: TypeAlias = Substate
_UserAndRoleType: TypeAlias = UserAndRole
_UserRoleType: TypeAlias = UserRole
_UserRoleCloudPermissionType: TypeAlias = UserRoleCloudPermission
_UserRoleCloudPermissionInputType: TypeAlias = UserRoleCloudPermissionInput
_UserRoleCloudResourceExtensionType: TypeAlias = UserRoleCloudResourceExtension
_UserRoleDataPathType: TypeAlias = UserRoleDataPath
_UserRolePermissionType: TypeAlias = UserRolePermission
_UserRoleResourceType: TypeAlias = UserRoleResource
_UserRoleScopeType: TypeAlias = UserRoleScope
_VMType: TypeAlias = VM
_VMCheckPointType: TypeAlias = VMCheckPoint
_VMConfigurationType: TypeAlias = VMConfiguration
_VMNetworkType: TypeAlias = VMNetwork
_VMNetworkAssignmentType: TypeAlias = VMNetworkAssignment
_VMNetworkGatewayType: TypeAlias = VMNetworkGateway
_VMNetworkQuotaType: TypeAlias = VMNetworkQuota
_VMRoleType: TypeAlias = VMRole
_VMRoleMessageType: TypeAlias = VMRoleMessage
_VMRoleResourceDefinitionType: TypeAlias = VMRoleResourceDefinition
_VMRoleSizeProfileType: TypeAlias = VMRoleSizeProfile
_VMRoleVIPType: TypeAlias = VMRoleVIP
_VMRoleVMDiskType: TypeAlias = VMRoleVMDisk
_VMRoleVMNicType: TypeAlias = VMRoleVMNic
_VMSubnetType: TypeAlias = VMSubnet
_VMTemplateType: TypeAlias = VMTemplate
_VPNConnectionType: TypeAlias = VPNConnection
_VPNNetworkRouteType: TypeAlias = VPNNetworkRoute
_VirtualDVDDriveType: TypeAlias = VirtualDVDDrive
_VirtualDiskDriveType: TypeAlias = VirtualDiskDrive
_VirtualHardDiskType: TypeAlias = VirtualHardDisk
_VirtualMachineType: TypeAlias = VirtualMachine
_VirtualNetworkAdapterType: TypeAlias = VirtualNetworkAdapter
_VirtualSCSIAdapterType: TypeAlias = VirtualSCSIAdapter
_WindowsOperatingSystemProfileType: TypeAlias = WindowsOperatingSystemProfile

class ApplicationHost(Entity):
    ID: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Owner: Property[str | None, str | None]
    ComputerName: Property[str | None, str | None]
    DeploymentState: Property[str | None, str | None]
    ServiceId: Property[UUID | None, UUID | str | None]
    FailedJobID: Property[UUID | None, UUID | str | None]
    ApplicationHostTemplate: Navigation[_ApplicationHostTemplateType]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        StampId: UUID | str = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Owner: str | None = ...,
        ComputerName: str | None = ...,
        DeploymentState: str | None = ...,
        ServiceId: UUID | str | None = ...,
        FailedJobID: UUID | str | None = ...,
        ApplicationHostTemplate: _ApplicationHostTemplateType | None = ...,
    ) -> None: ...

class ApplicationHostTemplate(Entity):
    ID: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    DeploymentOrder: Property[int | None, int | None]
    ComputerName: Property[str | None, str | None]
    ServicingOrder: Property[int | None, int | None]
    Tag: Property[str | None, str | None]
    ServiceTemplateId: Property[UUID | None, UUID | str | None]
    FailedJobID: Property[UUID | None, UUID | str | None]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        StampId: UUID | str = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        DeploymentOrder: int | None = ...,
        ComputerName: str | None = ...,
        ServicingOrder: int | None = ...,
        Tag: str | None = ...,
        ServiceTemplateId: UUID | str | None = ...,
        FailedJobID: UUID | str | None = ...,
    ) -> None: ...

class BGPPeer(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    VMNetworkGatewayId: Property[UUID | None, UUID | str | None]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    PeerIPAddress: Property[str | None, str | None]
    PeerASN: Property[int | None, int | None]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        VMNetworkGatewayId: UUID | str | None = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        PeerIPAddress: str | None = ...,
        PeerASN: int | None = ...,
    ) -> None: ...

class BasicStatistics(Entity):
    ID: Property[UUID, UUID | str]
    Clouds: Property[int, int]
    ServiceDeployments: Property[int, int]
    ServiceDeploymentsNotRunning: Property[int, int]
    ServiceDeploymentsRequiringAttention: Property[int, int]
    ServiceVMs: Property[int, int]
    StandaloneVMs: Property[int, int]
    VMsNotRunning: Property[int, int]
    VMsRequiringAttention: Property[int, int]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Clouds: int = ...,
        ServiceDeployments: int = ...,
        ServiceDeploymentsNotRunning: int = ...,
        ServiceDeploymentsRequiringAttention: int = ...,
        ServiceVMs: int = ...,
        StandaloneVMs: int = ...,
        VMsNotRunning: int = ...,
        VMsRequiringAttention: int = ...,
    ) -> None: ...

class CapabilityProfile(Entity):
    ID: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    COM1PipeNameInitial: Property[str | None, str | None]
    COM1TextFileName: Property[str | None, str | None]
    COM2PipeNameInitial: Property[str | None, str | None]
    COM2TextFileNameInitial: Property[str | None, str | None]
    CPUCompatibilityModeValue: Property[bool | None, bool | None]
    CPUCompatibilityModeValueCanChange: Property[bool | None, bool | None]
    CPUCountInitial: Property[int | None, int | None]
    CPUCountMaximum: Property[int | None, int | None]
    CPUCountMinimum: Property[int | None, int | None]
    CPUPriorityCustomInitial: Property[int | None, int | None]
    CPUPriorityCustomMaximum: Property[int | None, int | None]
    CPUPriorityCustomMinimum: Property[int | None, int | None]
    CPUPriorityHighInitial: Property[int | None, int | None]
    CPUPriorityHighMaximum: Property[int | None, int | None]
    CPUPriorityHighMinimum: Property[int | None, int | None]
    CPUPriorityLowInitial: Property[int | None, int | None]
    CPUPriorityLowMaximum: Property[int | None, int | None]
    CPUPriorityLowMinimum: Property[int | None, int | None]
    CPUPriorityNormalInitial: Property[int | None, int | None]
    CPUPriorityNormalMaximum: Property[int | None, int | None]
    CPUPriorityNormalMinimum: Property[int | None, int | None]
    CreateNewDiskCanChange: Property[bool | None, bool | None]
    CreateNewDiskInitial: Property[bool | None, bool | None]
    DifferencingVirtualHardDiskValue: Property[bool | None, bool | None]
    DifferencingVirtualHardDiskValueCanChange: Property[bool | None, bool | None]
    DVDDriveChannelInitial: Property[int | None, int | None]
    DVDDriveChannelMaximum: Property[int | None, int | None]
    DVDDriveChannelMinimum: Property[int | None, int | None]
    DVDImageFileInitial: Property[UUID | None, UUID | str | None]
    DynamicMemoryValue: Property[bool | None, bool | None]
    DynamicMemoryValueCanChange: Property[bool | None, bool | None]
    DynamicVirtualHardDiskValue: Property[bool | None, bool | None]
    DynamicVirtualHardDiskValueCanChange: Property[bool | None, bool | None]
    EnableNumLockCanChange: Property[bool | None, bool | None]
    EnableNumLockInitial: Property[bool | None, bool | None]
    ExistDiskStorageClassificationValue: Property[UUID | None, UUID | str | None]
    ExistingDiskChannelInitial: Property[int | None, int | None]
    ExistingDiskChannelMaximum: Property[int | None, int | None]
    ExistingDiskChannelMinimum: Property[int | None, int | None]
    ExpectedCPUUtilizationInitial: Property[int | None, int | None]
    ExpectedCPUUtilizationMaximum: Property[int | None, int | None]
    ExpectedCPUUtilizationMinimum: Property[int | None, int | None]
    FabricCapabilityType: Property[str | None, str | None]
    FixedVirtualHardDiskValue: Property[bool | None, bool | None]
    FixedVirtualHardDiskValueCanChange: Property[bool | None, bool | None]
    FloppyImageFileInitial: Property[UUID | None, UUID | str | None]
    LogicalNetworkValue: Property[UUID | None, UUID | str | None]
    MaximumHorizontalMonitorResolutionInitial: Property[int | None, int | None]
    MaximumHorizontalMonitorResolutionMaximum: Property[int | None, int | None]
    MaximumHorizontalMonitorResolutionMinimum: Property[int | None, int | None]
    MaximumMemoryMBInitial: Property[int | None, int | None]
    MaximumMemoryMBMaximum: Property[int | None, int | None]
    MaximumMemoryMBMinimum: Property[int | None, int | None]
    MaximumMonitorCountInitial: Property[int | None, int | None]
    MaximumMonitorCountMaximum: Property[int | None, int | None]
    MaximumMonitorCountMinimum: Property[int | None, int | None]
    MaximumVerticalMonitorResolutionInitial: Property[int | None, int | None]
    MaximumVerticalMonitorResolutionMaximum: Property[int | None, int | None]
    MaximumVerticalMonitorResolutionMinimum: Property[int | None, int | None]
    MemoryAmountInitial: Property[int | None, int | None]
    MemoryAmountMaximum: Property[int | None, int | None]
    MemoryAmountMinimum: Property[int | None, int | None]
    MemoryMBInitial: Property[int | None, int | None]
    MemoryMBMaximum: Property[int | None, int | None]
    MemoryMBMinimum: Property[int | None, int | None]
    MemoryPriorityCustomInitial: Property[int | None, int | None]
    MemoryPriorityCustomMaximum: Property[int | None, int | None]
    MemoryPriorityCustomMinimum: Property[int | None, int | None]
    MemoryPriorityHighInitial: Property[int | None, int | None]
    MemoryPriorityHighMaximum: Property[int | None, int | None]
    MemoryPriorityHighMinimum: Property[int | None, int | None]
    MemoryPriorityLowInitial: Property[int | None, int | None]
    MemoryPriorityLowMaximum: Property[int | None, int | None]
    MemoryPriorityLowMinimum: Property[int | None, int | None]
    MemoryPriorityNormalInitial: Property[int | None, int | None]
    MemoryPriorityNormalMaximum: Property[int | None, int | None]
    MemoryPriorityNormalMinimum: Property[int | None, int | None]
    NetworkAdapterNameInitial: Property[str | None, str | None]
    NetworkOptimizationValue: Property[bool | None, bool | None]
    NetworkOptimizationValueCanChange: Property[bool | None, bool | None]
    NewDiskDriveChannelInitial: Property[int | None, int | None]
    NewDiskDriveChannelMaximum: Property[int | None, int | None]
    NewDiskDriveChannelMinimum: Property[int | None, int | None]
    NewDiskFileNameInitial: Property[str | None, str | None]
    NewDiskImageFileInitial: Property[UUID | None, UUID | str | None]
    NewDiskStorageClassificationValue: Property[UUID | None, UUID | str | None]
    OSCompatibilityModeValue: Property[bool | None, bool | None]
    OSCompatibilityModeValueCanChange: Property[bool | None, bool | None]
    ReadOnly: Property[bool | None, bool | None]
    SCSIAdapterCountInitial: Property[int | None, int | None]
    SCSIAdapterCountMaximum: Property[int | None, int | None]
    SCSIAdapterCountMinimum: Property[int | None, int | None]
    SharedDVDImageFileValue: Property[bool | None, bool | None]
    SharedDVDImageFileValueCanChange: Property[bool | None, bool | None]
    StartActionAlwaysStartCanChange: Property[bool | None, bool | None]
    StartActionAlwaysStartInitial: Property[bool | None, bool | None]
    StartActionAutomaticallyStartIfRunningCanChange: Property[bool | None, bool | None]
    StartActionAutomaticallyStartIfRunningInitial: Property[bool | None, bool | None]
    StartActionDoNothingCanChange: Property[bool | None, bool | None]
    StartActionDoNothingInitial: Property[bool | None, bool | None]
    StartupDelaySecondsInitial: Property[int | None, int | None]
    StartupDelaySecondsMaximum: Property[int | None, int | None]
    StartupDelaySecondsMinimum: Property[int | None, int | None]
    StartupMemoryMBInitial: Property[int | None, int | None]
    StartupMemoryMBMaximum: Property[int | None, int | None]
    StartupMemoryMBMinimum: Property[int | None, int | None]
    StaticMACAddressInitial: Property[str | None, str | None]
    StaticMemoryCanChange: Property[bool | None, bool | None]
    StaticMemoryInitial: Property[bool | None, bool | None]
    StopActionDoNothingCanChange: Property[bool | None, bool | None]
    StopActionDoNothingInitial: Property[bool | None, bool | None]
    StopActionSaveStateVMCanChange: Property[bool | None, bool | None]
    StopActionSaveStateVMInitial: Property[bool | None, bool | None]
    StopActionShutdownVMCanChange: Property[bool | None, bool | None]
    StopActionShutdownVMInitial: Property[bool | None, bool | None]
    StopActionTurnOffVMCanChange: Property[bool | None, bool | None]
    StopActionTurnOffVMInitial: Property[bool | None, bool | None]
    TargetMemoryBufferPercentInitial: Property[int | None, int | None]
    TargetMemoryBufferPercentMaximum: Property[int | None, int | None]
    TargetMemoryBufferPercentMinimum: Property[int | None, int | None]
    UseBusLogicParallelSCSICanChange: Property[bool | None, bool | None]
    UseBusLogicParallelSCSIInitial: Property[bool | None, bool | None]
    UseCOM1CanChange: Property[bool | None, bool | None]
    UseCOM1Initial: Property[bool | None, bool | None]
    UseCOM1NamedPipeCanChange: Property[bool | None, bool | None]
    UseCOM1NamedPipeInitial: Property[bool | None, bool | None]
    UseCOM1TextFileCanChange: Property[bool | None, bool | None]
    UseCOM1TextFileInitial: Property[bool | None, bool | None]
    UseCOM2CanChange: Property[bool | None, bool | None]
    UseCOM2Initial: Property[bool | None, bool | None]
    UseCOM2NamedPipeCanChange: Property[bool | None, bool | None]
    UseCOM2NamedPipeInitial: Property[bool | None, bool | None]
    UseCOM2TextFileCanChange: Property[bool | None, bool | None]
    UseCOM2TextFileInitial: Property[bool | None, bool | None]
    UseDynamicIPv4CanChange: Property[bool | None, bool | None]
    UseDynamicIPv4Initial: Property[bool | None, bool | None]
    UseDynamicIPv6CanChange: Property[bool | None, bool | None]
    UseDynamicIPv6Initial: Property[bool | None, bool | None]
    UseEmulatedNetworkAdapterCanChange: Property[bool | None, bool | None]
    UseEmulatedNetworkAdapterInitial: Property[bool | None, bool | None]
    UseExistingDiskForOperatingSystemCanChange: Property[bool | None, bool | None]
    UseExistingDiskForOperatingSystemInitial: Property[bool | None, bool | None]
    UseExistingDiskImageFileCanChange: Property[bool | None, bool | None]
    UseExistingDiskImageFileInitial: Property[bool | None, bool | None]
    UseExistingDVDImageFileCanChange: Property[bool | None, bool | None]
    UseExistingDVDImageFileInitial: Property[bool | None, bool | None]
    UseExistingFloppyDriveCanChange: Property[bool | None, bool | None]
    UseExistingFloppyDriveInitial: Property[bool | None, bool | None]
    UseExistingFloppyImageFileCanChange: Property[bool | None, bool | None]
    UseExistingFloppyImageFileInitial: Property[bool | None, bool | None]
    UseExistingOrFirstAvailableDiskDriveChannelCanChange: Property[bool | None, bool | None]
    UseExistingOrFirstAvailableDiskDriveChannelInitial: Property[bool | None, bool | None]
    UseExistingOrFirstAvailableDVDDriveChannelCanChange: Property[bool | None, bool | None]
    UseExistingOrFirstAvailableDVDDriveChannelInitial: Property[bool | None, bool | None]
    UseFirstAvailableChannelForNewDiskCanChange: Property[bool | None, bool | None]
    UseFirstAvailableChannelForNewDiskInitial: Property[bool | None, bool | None]
    UseForOperatingSystemCanChange: Property[bool | None, bool | None]
    UseForOperatingSystemInitial: Property[bool | None, bool | None]
    UseLSILogicParallelSCSICanChange: Property[bool | None, bool | None]
    UseLSILogicParallelSCSIInitial: Property[bool | None, bool | None]
    UseLSILogicSASSCSICanChange: Property[bool | None, bool | None]
    UseLSILogicSASSCSIInitial: Property[bool | None, bool | None]
    UseMACSpoofingCanChange: Property[bool | None, bool | None]
    UseMACSpoofingInitial: Property[bool | None, bool | None]
    UseNoMediaDVDDriveCanChange: Property[bool | None, bool | None]
    UseNoMediaDVDDriveInitial: Property[bool | None, bool | None]
    UseNoMediaFloppyDriveCanChange: Property[bool | None, bool | None]
    UseNoMediaFloppyDriveInitial: Property[bool | None, bool | None]
    UsePassthroughDiskCanChange: Property[bool | None, bool | None]
    UsePassthroughDiskInitial: Property[bool | None, bool | None]
    UsePhysicalDVDDriveCanChange: Property[bool | None, bool | None]
    UsePhysicalDVDDriveInitial: Property[bool | None, bool | None]
    UseStaticIPv4CanChange: Property[bool | None, bool | None]
    UseStaticIPv4Initial: Property[bool | None, bool | None]
    UseStaticIPv6CanChange: Property[bool | None, bool | None]
    UseStaticIPv6Initial: Property[bool | None, bool | None]
    UseStaticMACAddressCanChange: Property[bool | None, bool | None]
    UseStaticMACAddressInitial: Property[bool | None, bool | None]
    UseSyntheticNetworkAdapterCanChange: Property[bool | None, bool | None]
    UseSyntheticNetworkAdapterInitial: Property[bool | None, bool | None]
    UseVMWareParavirtualSCSICanChange: Property[bool | None, bool | None]
    UseVMWareParavirtualSCSIInitial: Property[bool | None, bool | None]
    VirtualDVDDriveCountInitial: Property[int | None, int | None]
    VirtualDVDDriveCountMaximum: Property[int | None, int | None]
    VirtualDVDDriveCountMinimum: Property[int | None, int | None]
    VirtualHardDiskCountInitial: Property[int | None, int | None]
    VirtualHardDiskCountMaximum: Property[int | None, int | None]
    VirtualHardDiskCountMinimum: Property[int | None, int | None]
    VirtualHardDiskSizeMBInitial: Property[int | None, int | None]
    VirtualHardDiskSizeMBMaximum: Property[int | None, int | None]
    VirtualHardDiskSizeMBMinimum: Property[int | None, int | None]
    VirtualNetworkAdapterCountInitial: Property[int | None, int | None]
    VirtualNetworkAdapterCountMaximum: Property[int | None, int | None]
    VirtualNetworkAdapterCountMinimum: Property[int | None, int | None]
    VMHighlyAvailableValue: Property[bool | None, bool | None]
    VMHighlyAvailableValueCanChange: Property[bool | None, bool | None]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        StampId: UUID | str = ...,
        COM1PipeNameInitial: str | None = ...,
        COM1TextFileName: str | None = ...,
        COM2PipeNameInitial: str | None = ...,
        COM2TextFileNameInitial: str | None = ...,
        CPUCompatibilityModeValue: bool | None = ...,
        CPUCompatibilityModeValueCanChange: bool | None = ...,
        CPUCountInitial: int | None = ...,
        CPUCountMaximum: int | None = ...,
        CPUCountMinimum: int | None = ...,
        CPUPriorityCustomInitial: int | None = ...,
        CPUPriorityCustomMaximum: int | None = ...,
        CPUPriorityCustomMinimum: int | None = ...,
        CPUPriorityHighInitial: int | None = ...,
        CPUPriorityHighMaximum: int | None = ...,
        CPUPriorityHighMinimum: int | None = ...,
        CPUPriorityLowInitial: int | None = ...,
        CPUPriorityLowMaximum: int | None = ...,
        CPUPriorityLowMinimum: int | None = ...,
        CPUPriorityNormalInitial: int | None = ...,
        CPUPriorityNormalMaximum: int | None = ...,
        CPUPriorityNormalMinimum: int | None = ...,
        CreateNewDiskCanChange: bool | None = ...,
        CreateNewDiskInitial: bool | None = ...,
        DifferencingVirtualHardDiskValue: bool | None = ...,
        DifferencingVirtualHardDiskValueCanChange: bool | None = ...,
        DVDDriveChannelInitial: int | None = ...,
        DVDDriveChannelMaximum: int | None = ...,
        DVDDriveChannelMinimum: int | None = ...,
        DVDImageFileInitial: UUID | str | None = ...,
        DynamicMemoryValue: bool | None = ...,
        DynamicMemoryValueCanChange: bool | None = ...,
        DynamicVirtualHardDiskValue: bool | None = ...,
        DynamicVirtualHardDiskValueCanChange: bool | None = ...,
        EnableNumLockCanChange: bool | None = ...,
        EnableNumLockInitial: bool | None = ...,
        ExistDiskStorageClassificationValue: UUID | str | None = ...,
        ExistingDiskChannelInitial: int | None = ...,
        ExistingDiskChannelMaximum: int | None = ...,
        ExistingDiskChannelMinimum: int | None = ...,
        ExpectedCPUUtilizationInitial: int | None = ...,
        ExpectedCPUUtilizationMaximum: int | None = ...,
        ExpectedCPUUtilizationMinimum: int | None = ...,
        FabricCapabilityType: str | None = ...,
        FixedVirtualHardDiskValue: bool | None = ...,
        FixedVirtualHardDiskValueCanChange: bool | None = ...,
        FloppyImageFileInitial: UUID | str | None = ...,
        LogicalNetworkValue: UUID | str | None = ...,
        MaximumHorizontalMonitorResolutionInitial: int | None = ...,
        MaximumHorizontalMonitorResolutionMaximum: int | None = ...,
        MaximumHorizontalMonitorResolutionMinimum: int | None = ...,
        MaximumMemoryMBInitial: int | None = ...,
        MaximumMemoryMBMaximum: int | None = ...,
        MaximumMemoryMBMinimum: int | None = ...,
        MaximumMonitorCountInitial: int | None = ...,
        MaximumMonitorCountMaximum: int | None = ...,
        MaximumMonitorCountMinimum: int | None = ...,
        MaximumVerticalMonitorResolutionInitial: int | None = ...,
        MaximumVerticalMonitorResolutionMaximum: int | None = ...,
        MaximumVerticalMonitorResolutionMinimum: int | None = ...,
        MemoryAmountInitial: int | None = ...,
        MemoryAmountMaximum: int | None = ...,
        MemoryAmountMinimum: int | None = ...,
        MemoryMBInitial: int | None = ...,
        MemoryMBMaximum: int | None = ...,
        MemoryMBMinimum: int | None = ...,
        MemoryPriorityCustomInitial: int | None = ...,
        MemoryPriorityCustomMaximum: int | None = ...,
        MemoryPriorityCustomMinimum: int | None = ...,
        MemoryPriorityHighInitial: int | None = ...,
        MemoryPriorityHighMaximum: int | None = ...,
        MemoryPriorityHighMinimum: int | None = ...,
        MemoryPriorityLowInitial: int | None = ...,
        MemoryPriorityLowMaximum: int | None = ...,
        MemoryPriorityLowMinimum: int | None = ...,
        MemoryPriorityNormalInitial: int | None = ...,
        MemoryPriorityNormalMaximum: int | None = ...,
        MemoryPriorityNormalMinimum: int | None = ...,
        NetworkAdapterNameInitial: str | None = ...,
        NetworkOptimizationValue: bool | None = ...,
        NetworkOptimizationValueCanChange: bool | None = ...,
        NewDiskDriveChannelInitial: int | None = ...,
        NewDiskDriveChannelMaximum: int | None = ...,
        NewDiskDriveChannelMinimum: int | None = ...,
        NewDiskFileNameInitial: str | None = ...,
        NewDiskImageFileInitial: UUID | str | None = ...,
        NewDiskStorageClassificationValue: UUID | str | None = ...,
        OSCompatibilityModeValue: bool | None = ...,
        OSCompatibilityModeValueCanChange: bool | None = ...,
        ReadOnly: bool | None = ...,
        SCSIAdapterCountInitial: int | None = ...,
        SCSIAdapterCountMaximum: int | None = ...,
        SCSIAdapterCountMinimum: int | None = ...,
        SharedDVDImageFileValue: bool | None = ...,
        SharedDVDImageFileValueCanChange: bool | None = ...,
        StartActionAlwaysStartCanChange: bool | None = ...,
        StartActionAlwaysStartInitial: bool | None = ...,
        StartActionAutomaticallyStartIfRunningCanChange: bool | None = ...,
        StartActionAutomaticallyStartIfRunningInitial: bool | None = ...,
        StartActionDoNothingCanChange: bool | None = ...,
        StartActionDoNothingInitial: bool | None = ...,
        StartupDelaySecondsInitial: int | None = ...,
        StartupDelaySecondsMaximum: int | None = ...,
        StartupDelaySecondsMinimum: int | None = ...,
        StartupMemoryMBInitial: int | None = ...,
        StartupMemoryMBMaximum: int | None = ...,
        StartupMemoryMBMinimum: int | None = ...,
        StaticMACAddressInitial: str | None = ...,
        StaticMemoryCanChange: bool | None = ...,
        StaticMemoryInitial: bool | None = ...,
        StopActionDoNothingCanChange: bool | None = ...,
        StopActionDoNothingInitial: bool | None = ...,
        StopActionSaveStateVMCanChange: bool | None = ...,
        StopActionSaveStateVMInitial: bool | None = ...,
        StopActionShutdownVMCanChange: bool | None = ...,
        StopActionShutdownVMInitial: bool | None = ...,
        StopActionTurnOffVMCanChange: bool | None = ...,
        StopActionTurnOffVMInitial: bool | None = ...,
        TargetMemoryBufferPercentInitial: int | None = ...,
        TargetMemoryBufferPercentMaximum: int | None = ...,
        TargetMemoryBufferPercentMinimum: int | None = ...,
        UseBusLogicParallelSCSICanChange: bool | None = ...,
        UseBusLogicParallelSCSIInitial: bool | None = ...,
        UseCOM1CanChange: bool | None = ...,
        UseCOM1Initial: bool | None = ...,
        UseCOM1NamedPipeCanChange: bool | None = ...,
        UseCOM1NamedPipeInitial: bool | None = ...,
        UseCOM1TextFileCanChange: bool | None = ...,
        UseCOM1TextFileInitial: bool | None = ...,
        UseCOM2CanChange: bool | None = ...,
        UseCOM2Initial: bool | None = ...,
        UseCOM2NamedPipeCanChange: bool | None = ...,
        UseCOM2NamedPipeInitial: bool | None = ...,
        UseCOM2TextFileCanChange: bool | None = ...,
        UseCOM2TextFileInitial: bool | None = ...,
        UseDynamicIPv4CanChange: bool | None = ...,
        UseDynamicIPv4Initial: bool | None = ...,
        UseDynamicIPv6CanChange: bool | None = ...,
        UseDynamicIPv6Initial: bool | None = ...,
        UseEmulatedNetworkAdapterCanChange: bool | None = ...,
        UseEmulatedNetworkAdapterInitial: bool | None = ...,
        UseExistingDiskForOperatingSystemCanChange: bool | None = ...,
        UseExistingDiskForOperatingSystemInitial: bool | None = ...,
        UseExistingDiskImageFileCanChange: bool | None = ...,
        UseExistingDiskImageFileInitial: bool | None = ...,
        UseExistingDVDImageFileCanChange: bool | None = ...,
        UseExistingDVDImageFileInitial: bool | None = ...,
        UseExistingFloppyDriveCanChange: bool | None = ...,
        UseExistingFloppyDriveInitial: bool | None = ...,
        UseExistingFloppyImageFileCanChange: bool | None = ...,
        UseExistingFloppyImageFileInitial: bool | None = ...,
        UseExistingOrFirstAvailableDiskDriveChannelCanChange: bool | None = ...,
        UseExistingOrFirstAvailableDiskDriveChannelInitial: bool | None = ...,
        UseExistingOrFirstAvailableDVDDriveChannelCanChange: bool | None = ...,
        UseExistingOrFirstAvailableDVDDriveChannelInitial: bool | None = ...,
        UseFirstAvailableChannelForNewDiskCanChange: bool | None = ...,
        UseFirstAvailableChannelForNewDiskInitial: bool | None = ...,
        UseForOperatingSystemCanChange: bool | None = ...,
        UseForOperatingSystemInitial: bool | None = ...,
        UseLSILogicParallelSCSICanChange: bool | None = ...,
        UseLSILogicParallelSCSIInitial: bool | None = ...,
        UseLSILogicSASSCSICanChange: bool | None = ...,
        UseLSILogicSASSCSIInitial: bool | None = ...,
        UseMACSpoofingCanChange: bool | None = ...,
        UseMACSpoofingInitial: bool | None = ...,
        UseNoMediaDVDDriveCanChange: bool | None = ...,
        UseNoMediaDVDDriveInitial: bool | None = ...,
        UseNoMediaFloppyDriveCanChange: bool | None = ...,
        UseNoMediaFloppyDriveInitial: bool | None = ...,
        UsePassthroughDiskCanChange: bool | None = ...,
        UsePassthroughDiskInitial: bool | None = ...,
        UsePhysicalDVDDriveCanChange: bool | None = ...,
        UsePhysicalDVDDriveInitial: bool | None = ...,
        UseStaticIPv4CanChange: bool | None = ...,
        UseStaticIPv4Initial: bool | None = ...,
        UseStaticIPv6CanChange: bool | None = ...,
        UseStaticIPv6Initial: bool | None = ...,
        UseStaticMACAddressCanChange: bool | None = ...,
        UseStaticMACAddressInitial: bool | None = ...,
        UseSyntheticNetworkAdapterCanChange: bool | None = ...,
        UseSyntheticNetworkAdapterInitial: bool | None = ...,
        UseVMWareParavirtualSCSICanChange: bool | None = ...,
        UseVMWareParavirtualSCSIInitial: bool | None = ...,
        VirtualDVDDriveCountInitial: int | None = ...,
        VirtualDVDDriveCountMaximum: int | None = ...,
        VirtualDVDDriveCountMinimum: int | None = ...,
        VirtualHardDiskCountInitial: int | None = ...,
        VirtualHardDiskCountMaximum: int | None = ...,
        VirtualHardDiskCountMinimum: int | None = ...,
        VirtualHardDiskSizeMBInitial: int | None = ...,
        VirtualHardDiskSizeMBMaximum: int | None = ...,
        VirtualHardDiskSizeMBMinimum: int | None = ...,
        VirtualNetworkAdapterCountInitial: int | None = ...,
        VirtualNetworkAdapterCountMaximum: int | None = ...,
        VirtualNetworkAdapterCountMinimum: int | None = ...,
        VMHighlyAvailableValue: bool | None = ...,
        VMHighlyAvailableValueCanChange: bool | None = ...,
    ) -> None: ...

class Cloud(Entity):
    ID: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    LastModifiedDate: Property[datetime | None, datetime | str | None]
    WritableLibraryPath: Property[str | None, str | None]
    UserRoleID: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID, UUID | str]
    Capacity: Navigations[CloudCapacity]
    LogicalNetworks: Navigations[LogicalNetwork]
    CapabilityProfiles: Navigations[CapabilityProfile]
    LibraryShares: Navigations[LibraryShare]
    QuotaAndUsageComponents: Navigations[QuotaAndUsageComponent]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        LastModifiedDate: datetime | str | None = ...,
        WritableLibraryPath: str | None = ...,
        UserRoleID: UUID | str | None = ...,
        StampId: UUID | str = ...,
        Capacity: Iterable[CloudCapacity] = ...,
        LogicalNetworks: Iterable[LogicalNetwork] = ...,
        CapabilityProfiles: Iterable[CapabilityProfile] = ...,
        LibraryShares: Iterable[LibraryShare] = ...,
        QuotaAndUsageComponents: Iterable[QuotaAndUsageComponent] = ...,
    ) -> None: ...

class CloudCapacity(Entity):
    StampId: Property[UUID, UUID | str]
    CloudId: Property[UUID, UUID | str]
    CPUCount: Property[int | None, int | None]
    UseCPUCountMaximum: Property[bool | None, bool | None]
    CustomQuotaCount: Property[int | None, int | None]
    UseCustomQuotaCountMaximum: Property[bool | None, bool | None]
    MemoryMB: Property[int | None, int | None]
    UseMemoryMBMaximum: Property[bool | None, bool | None]
    StorageGB: Property[int | None, int | None]
    UseStorageGBMaximum: Property[bool | None, bool | None]
    VMCount: Property[int | None, int | None]
    UseVMCountMaximum: Property[bool | None, bool | None]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        CloudId: UUID | str = ...,
        CPUCount: int | None = ...,
        UseCPUCountMaximum: bool | None = ...,
        CustomQuotaCount: int | None = ...,
        UseCustomQuotaCountMaximum: bool | None = ...,
        MemoryMB: int | None = ...,
        UseMemoryMBMaximum: bool | None = ...,
        StorageGB: int | None = ...,
        UseStorageGBMaximum: bool | None = ...,
        VMCount: int | None = ...,
        UseVMCountMaximum: bool | None = ...,
    ) -> None: ...

class ComputerTier(Entity):
    ID: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    AllVMsAccessible: Property[bool | None, bool | None]
    ComputerTierStatus: Property[str | None, str | None]
    InstanceMaximumCount: Property[int | None, int | None]
    InstanceMinimumCount: Property[int | None, int | None]
    OverallStatus: Property[str | None, str | None]
    ServicingType: Property[str | None, str | None]
    DeploymentState: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Accessibility: Property[str | None, str | None]
    ServiceId: Property[UUID | None, UUID | str | None]
    FailedJobID: Property[UUID | None, UUID | str | None]
    TierTemplateId: Property[UUID | None, UUID | str | None]
    CustomProperty: Complexes[_CustomPropertyType]
    ComputerTierTemplate: Navigation[_ComputerTierTemplateType]
    VMs: Navigations[VirtualMachine]
    MostRecentTask: Navigation[Job]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        StampId: UUID | str = ...,
        AllVMsAccessible: bool | None = ...,
        ComputerTierStatus: str | None = ...,
        InstanceMaximumCount: int | None = ...,
        InstanceMinimumCount: int | None = ...,
        OverallStatus: str | None = ...,
        ServicingType: str | None = ...,
        DeploymentState: str | None = ...,
        Enabled: bool | None = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Accessibility: str | None = ...,
        ServiceId: UUID | str | None = ...,
        FailedJobID: UUID | str | None = ...,
        TierTemplateId: UUID | str | None = ...,
        CustomProperty: Iterable[_CustomPropertyType | Mapping[str, Any]] = ...,
        ComputerTierTemplate: _ComputerTierTemplateType | None = ...,
        VMs: Iterable[VirtualMachine] = ...,
        MostRecentTask: Job | None = ...,
    ) -> None: ...

class ComputerTierTemplate(Entity):
    ID: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    BlockAutomaticMigration: Property[bool | None, bool | None]
    DefaultInstanceCount: Property[int | None, int | None]
    DeploymentOrder: Property[int | None, int | None]
    InstanceMaximumCount: Property[int | None, int | None]
    InstanceMinimumCount: Property[int | None, int | None]
    NumberOfUpgradeDomains: Property[int | None, int | None]
    ServicingOrder: Property[int | None, int | None]
    Tag: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    Accessibility: Property[str | None, str | None]
    ServiceTemplateId: Property[UUID | None, UUID | str | None]
    VMTemplate: Navigation[_VMTemplateType]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        StampId: UUID | str = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        BlockAutomaticMigration: bool | None = ...,
        DefaultInstanceCount: int | None = ...,
        DeploymentOrder: int | None = ...,
        InstanceMaximumCount: int | None = ...,
        InstanceMinimumCount: int | None = ...,
        NumberOfUpgradeDomains: int | None = ...,
        ServicingOrder: int | None = ...,
        Tag: str | None = ...,
        Enabled: bool | None = ...,
        Accessibility: str | None = ...,
        ServiceTemplateId: UUID | str | None = ...,
        VMTemplate: _VMTemplateType | None = ...,
    ) -> None: ...

class GuestInfo(Entity):
    IPv4Addresses: Property[str | None, str | None]
    IPv6Addresses: Property[str | None, str | None]
    VMId: Property[UUID, UUID | str]
    StampId: Property[UUID, UUID | str]
    def __init__(
        self,
        *,
        IPv4Addresses: str | None = ...,
        IPv6Addresses: str | None = ...,
        VMId: UUID | str = ...,
        StampId: UUID | str = ...,
    ) -> None: ...

class HardwareProfile(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    AccessedTime: Property[datetime | None, datetime | str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    CPUCount: Property[int | None, int | None]
    CPUMax: Property[int | None, int | None]
    CPUReserve: Property[int | None, int | None]
    CreationTime: Property[datetime | None, datetime | str | None]
    DiskIO: Property[int | None, int | None]
    ExpectedCPUUtilization: Property[int | None, int | None]
    Enabled: Property[bool | None, bool | None]
    LimitCPUForMigration: Property[bool | None, bool | None]
    LimitCPUFunctionality: Property[bool | None, bool | None]
    Memory: Property[int | None, int | None]
    DynamicMemoryEnabled: Property[bool | None, bool | None]
    DynamicMemoryMinimumMB: Property[int | None, int | None]
    DynamicMemoryMaximumMB: Property[int | None, int | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Name: Property[str | None, str | None]
    NetworkUtilization: Property[int | None, int | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    GrantedToList: Complexes[UserAndRole]
    RelativeWeight: Property[int | None, int | None]
    ShareSCSIBus: Property[bool | None, bool | None]
    TotalVHDCapacity: Property[int | None, int | None]
    UndoDisksEnabled: Property[bool | None, bool | None]
    Accessibility: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    NumLockEnabled: Property[bool | None, bool | None]
    Generation: Property[int | None, int | None]
    VirtualNetworkAdapters: Navigations[VirtualNetworkAdapter]
    VirtualSCSIAdapters: Navigations[VirtualSCSIAdapter]
    VirtualDVDDrives: Navigations[VirtualDVDDrive]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        AccessedTime: datetime | str | None = ...,
        AddedTime: datetime | str | None = ...,
        CPUCount: int | None = ...,
        CPUMax: int | None = ...,
        CPUReserve: int | None = ...,
        CreationTime: datetime | str | None = ...,
        DiskIO: int | None = ...,
        ExpectedCPUUtilization: int | None = ...,
        Enabled: bool | None = ...,
        LimitCPUForMigration: bool | None = ...,
        LimitCPUFunctionality: bool | None = ...,
        Memory: int | None = ...,
        DynamicMemoryEnabled: bool | None = ...,
        DynamicMemoryMinimumMB: int | None = ...,
        DynamicMemoryMaximumMB: int | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Name: str | None = ...,
        NetworkUtilization: int | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        GrantedToList: Iterable[UserAndRole | Mapping[str, Any]] = ...,
        RelativeWeight: int | None = ...,
        ShareSCSIBus: bool | None = ...,
        TotalVHDCapacity: int | None = ...,
        UndoDisksEnabled: bool | None = ...,
        Accessibility: str | None = ...,
        Description: str | None = ...,
        NumLockEnabled: bool | None = ...,
        Generation: int | None = ...,
        VirtualNetworkAdapters: Iterable[VirtualNetworkAdapter] = ...,
        VirtualSCSIAdapters: Iterable[VirtualSCSIAdapter] = ...,
        VirtualDVDDrives: Iterable[VirtualDVDDrive] = ...,
    ) -> None: ...

class ISO(Entity):
    ID: Property[UUID, UUID | str]
    State: Property[str | None, str | None]
    SharePath: Property[str | None, str | None]
    Directory: Property[str | None, str | None]
    Size: Property[int | None, int | None]
    LibraryGroup: Property[str | None, str | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    OwnerSid: Property[str | None, str | None]
    Accessibility: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Enabled: Property[bool | None, bool | None]
    StampId: Property[UUID, UUID | str]
    FamilyName: Property[str | None, str | None]
    HostVolumeId: Property[UUID | None, UUID | str | None]
    IsOrphaned: Property[bool | None, bool | None]
    LibraryShareId: Property[UUID | None, UUID | str | None]
    Namespace: Property[str | None, str | None]
    CloudId: Property[UUID | None, UUID | str | None]
    Release: Property[str | None, str | None]
    LibraryShare: Navigation[_LibraryShareType]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        State: str | None = ...,
        SharePath: str | None = ...,
        Directory: str | None = ...,
        Size: int | None = ...,
        LibraryGroup: str | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        OwnerSid: str | None = ...,
        Accessibility: str | None = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Enabled: bool | None = ...,
        StampId: UUID | str = ...,
        FamilyName: str | None = ...,
        HostVolumeId: UUID | str | None = ...,
        IsOrphaned: bool | None = ...,
        LibraryShareId: UUID | str | None = ...,
        Namespace: str | None = ...,
        CloudId: UUID | str | None = ...,
        Release: str | None = ...,
        LibraryShare: _LibraryShareType | None = ...,
    ) -> None: ...

class Job(Entity):
    ID: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    CurrentStepId: Property[UUID | None, UUID | str | None]
    RootStepId: Property[UUID | None, UUID | str | None]
    CmdletName: Property[str | None, str | None]
    EndTime: Property[datetime | None, datetime | str | None]
    IsCompleted: Property[bool | None, bool | None]
    IsRestartable: Property[bool | None, bool | None]
    IsStoppable: Property[bool | None, bool | None]
    IsVisible: Property[bool | None, bool | None]
    Owner: Property[str | None, str | None]
    OwnerSID: Property[str | None, str | None]
    ProgressValue: Property[int | None, int | None]
    Progress: Property[str | None, str | None]
    ResultObjectTypeName: Property[str | None, str | None]
    ResultName: Property[str | None, str | None]
    Source: Property[str | None, str | None]
    StartTime: Property[datetime | None, datetime | str | None]
    Status: Property[str | None, str | None]
    StatusString: Property[str | None, str | None]
    Target: Property[str | None, str | None]
    TargetObjectID: Property[UUID | None, UUID | str | None]
    Description: Structured[JobDescription, JobDescription | None]
    WasNotifiedOfCancel: Property[bool | None, bool | None]
    PROTipID: Property[UUID | None, UUID | str | None]
    ResultObjectID: Property[UUID | None, UUID | str | None]
    TargetObjectType: Property[str | None, str | None]
    AreAuditRecordsAvailable: Property[bool | None, bool | None]
    ResultObjectType: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    StepsLoaded: Property[bool | None, bool | None]
    UserName: Property[str | None, str | None]
    Password: Property[str | None, str | None]
    SkipLastFailedStep: Property[bool | None, bool | None]
    ErrorInfo: Structured[_ErrorInfoType, _ErrorInfoType | None]
    AdditionalMessages: Complexes[_ErrorInfoType]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Name: str | None = ...,
        CurrentStepId: UUID | str | None = ...,
        RootStepId: UUID | str | None = ...,
        CmdletName: str | None = ...,
        EndTime: datetime | str | None = ...,
        IsCompleted: bool | None = ...,
        IsRestartable: bool | None = ...,
        IsStoppable: bool | None = ...,
        IsVisible: bool | None = ...,
        Owner: str | None = ...,
        OwnerSID: str | None = ...,
        ProgressValue: int | None = ...,
        Progress: str | None = ...,
        ResultObjectTypeName: str | None = ...,
        ResultName: str | None = ...,
        Source: str | None = ...,
        StartTime: datetime | str | None = ...,
        Status: str | None = ...,
        StatusString: str | None = ...,
        Target: str | None = ...,
        TargetObjectID: UUID | str | None = ...,
        Description: JobDescription | Mapping[str, Any] | None = ...,
        WasNotifiedOfCancel: bool | None = ...,
        PROTipID: UUID | str | None = ...,
        ResultObjectID: UUID | str | None = ...,
        TargetObjectType: str | None = ...,
        AreAuditRecordsAvailable: bool | None = ...,
        ResultObjectType: str | None = ...,
        StampId: UUID | str = ...,
        StepsLoaded: bool | None = ...,
        UserName: str | None = ...,
        Password: str | None = ...,
        SkipLastFailedStep: bool | None = ...,
        ErrorInfo: _ErrorInfoType | Mapping[str, Any] | None = ...,
        AdditionalMessages: Iterable[_ErrorInfoType | Mapping[str, Any]] = ...,
    ) -> None: ...

class LibraryShare(Entity):
    ID: Property[UUID, UUID | str]
    StampId: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    Path: Property[str | None, str | None]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        StampId: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        Path: str | None = ...,
    ) -> None: ...

class LogicalNetwork(Entity):
    ID: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    NetworkVirtualizationEnabled: Property[bool | None, bool | None]
    StampId: Property[UUID, UUID | str]
    CloudId: Property[UUID | None, UUID | str | None]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        NetworkVirtualizationEnabled: bool | None = ...,
        StampId: UUID | str = ...,
        CloudId: UUID | str | None = ...,
    ) -> None: ...

class NATConnection(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    VMNetworkGatewayId: Property[UUID | None, UUID | str | None]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    Status: Property[str | None, str | None]
    MaximumBandwidthInboundKbps: Property[Decimal | None, Decimal | int | str | None]
    MaximumBandwidthOutboundKbps: Property[Decimal | None, Decimal | int | str | None]
    Rules: Navigations[NATRule]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        VMNetworkGatewayId: UUID | str | None = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        Status: str | None = ...,
        MaximumBandwidthInboundKbps: Decimal | int | str | None = ...,
        MaximumBandwidthOutboundKbps: Decimal | int | str | None = ...,
        Rules: Iterable[NATRule] = ...,
    ) -> None: ...

class NATRule(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    NATConnectionId: Property[UUID | None, UUID | str | None]
    Name: Property[str | None, str | None]
    ExternalIPAddress: Property[str | None, str | None]
    ExternalPort: Property[int | None, int | None]
    InternalIPAddress: Property[str | None, str | None]
    InternalPort: Property[int | None, int | None]
    Protocol: Property[str | None, str | None]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        NATConnectionId: UUID | str | None = ...,
        Name: str | None = ...,
        ExternalIPAddress: str | None = ...,
        ExternalPort: int | None = ...,
        InternalIPAddress: str | None = ...,
        InternalPort: int | None = ...,
        Protocol: str | None = ...,
    ) -> None: ...

class PerformanceData(Entity):
    PerformanceHistory: Values[int, int]
    TimeSamples: Values[datetime, datetime | str]
    TimeFrame: Property[str, str]
    PerformanceCounter: Property[str, str]
    VMId: Property[UUID, UUID | str]
    StampId: Property[UUID, UUID | str]
    def __init__(
        self,
        *,
        PerformanceHistory: Iterable[int] = ...,
        TimeSamples: Iterable[datetime | str] = ...,
        TimeFrame: str = ...,
        PerformanceCounter: str = ...,
        VMId: UUID | str = ...,
        StampId: UUID | str = ...,
    ) -> None: ...

class QuotaAndUsageComponent(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    UserRoleID: Property[UUID | None, UUID | str | None]
    QuotaDimension: Property[str, str]
    UserRoleQuota: Property[int | None, int | None]
    UserRoleUsage: Property[int, int]
    UserQuota: Property[int | None, int | None]
    UserUsage: Property[int, int]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        UserRoleID: UUID | str | None = ...,
        QuotaDimension: str = ...,
        UserRoleQuota: int | None = ...,
        UserRoleUsage: int = ...,
        UserQuota: int | None = ...,
        UserUsage: int = ...,
    ) -> None: ...

class RunAsAccount(Entity):
    ID: Property[UUID, UUID | str]
    StampId: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    UserName: Property[str | None, str | None]
    Password: Property[str | None, str | None]
    Domain: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    GrantedToList: Complexes[UserAndRole]
    Owner: Structured[UserAndRole, UserAndRole | None]
    Description: Property[str | None, str | None]
    NoValidation: Property[bool | None, bool | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        StampId: UUID | str = ...,
        Name: str | None = ...,
        UserName: str | None = ...,
        Password: str | None = ...,
        Domain: str | None = ...,
        Enabled: bool | None = ...,
        GrantedToList: Iterable[UserAndRole | Mapping[str, Any]] = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        Description: str | None = ...,
        NoValidation: bool | None = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
    ) -> None: ...

class Service(Entity):
    ID: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    NewServiceDeployment: Structured[_NewServiceDeploymentType, _NewServiceDeploymentType | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    GrantedToList: Complexes[UserAndRole]
    AllVMsAccessible: Property[bool | None, bool | None]
    CostCenter: Property[str | None, str | None]
    DeploymentState: Property[str | None, str | None]
    DeployedTo: Property[str | None, str | None]
    InServicingMode: Property[bool | None, bool | None]
    OverallStatus: Property[str | None, str | None]
    PendingServiceTemplatePresent: Property[bool | None, bool | None]
    PendingServiceTemplateRelease: Property[str | None, str | None]
    ServicePriority: Property[str | None, str | None]
    ServiceTemplateRelease: Property[str | None, str | None]
    ServiceStatus: Property[str | None, str | None]
    VMHostGroup: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    NotificationsAvailable: Property[bool | None, bool | None]
    Accessibility: Property[str | None, str | None]
    Operation: Property[str | None, str | None]
    IgnorePlacementErrors: Property[bool | None, bool | None]
    FailedJobID: Property[UUID | None, UUID | str | None]
    CloudId: Property[UUID | None, UUID | str | None]
    ServiceTemplateId: Property[UUID | None, UUID | str | None]
    CustomProperty: Complexes[_CustomPropertyType]
    PendingServiceSettings: Complexes[ServiceSetting]
    ServiceSettings: Complexes[ServiceSetting]
    ServicingWindow: Structured[_ServicingWindowType, _ServicingWindowType | None]
    FailedJob: Navigation[Job]
    PendingServiceTemplate: Navigation[_ServiceTemplateType]
    ServiceTemplate: Navigation[_ServiceTemplateType]
    Cloud: Navigation[_CloudType]
    ComputerTiers: Navigations[ComputerTier]
    MostRecentTask: Navigation[Job]
    ApplicationHosts: Navigations[ApplicationHost]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        StampId: UUID | str = ...,
        NewServiceDeployment: _NewServiceDeploymentType | Mapping[str, Any] | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        GrantedToList: Iterable[UserAndRole | Mapping[str, Any]] = ...,
        AllVMsAccessible: bool | None = ...,
        CostCenter: str | None = ...,
        DeploymentState: str | None = ...,
        DeployedTo: str | None = ...,
        InServicingMode: bool | None = ...,
        OverallStatus: str | None = ...,
        PendingServiceTemplatePresent: bool | None = ...,
        PendingServiceTemplateRelease: str | None = ...,
        ServicePriority: str | None = ...,
        ServiceTemplateRelease: str | None = ...,
        ServiceStatus: str | None = ...,
        VMHostGroup: str | None = ...,
        Enabled: bool | None = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        NotificationsAvailable: bool | None = ...,
        Accessibility: str | None = ...,
        Operation: str | None = ...,
        IgnorePlacementErrors: bool | None = ...,
        FailedJobID: UUID | str | None = ...,
        CloudId: UUID | str | None = ...,
        ServiceTemplateId: UUID | str | None = ...,
        CustomProperty: Iterable[_CustomPropertyType | Mapping[str, Any]] = ...,
        PendingServiceSettings: Iterable[ServiceSetting | Mapping[str, Any]] = ...,
        ServiceSettings: Iterable[ServiceSetting | Mapping[str, Any]] = ...,
        ServicingWindow: _ServicingWindowType | Mapping[str, Any] | None = ...,
        FailedJob: Job | None = ...,
        PendingServiceTemplate: _ServiceTemplateType | None = ...,
        ServiceTemplate: _ServiceTemplateType | None = ...,
        Cloud: _CloudType | None = ...,
        ComputerTiers: Iterable[ComputerTier] = ...,
        MostRecentTask: Job | None = ...,
        ApplicationHosts: Iterable[ApplicationHost] = ...,
    ) -> None: ...

class ServiceTemplate(Entity):
    ID: Property[UUID, UUID | str]
    Description: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    Namespace: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    Release: Property[str | None, str | None]
    ServicePriority: Property[str | None, str | None]
    ServiceTemplateState: Property[str | None, str | None]
    IsPublished: Property[bool | None, bool | None]
    PublishedTime: Property[datetime | None, datetime | str | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    GrantedToList: Complexes[UserAndRole]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Enabled: Property[bool | None, bool | None]
    NotificationsAvailable: Property[bool | None, bool | None]
    UseAsDefaultRelease: Property[bool | None, bool | None]
    UseAsPattern: Property[bool | None, bool | None]
    Accessibility: Property[str | None, str | None]
    ServiceSettings: Complexes[ServiceSetting]
    CustomProperty: Complexes[_CustomPropertyType]
    ComputerTierTemplates: Navigations[ComputerTierTemplate]
    ApplicationHostTemplates: Navigations[ApplicationHostTemplate]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Description: str | None = ...,
        Name: str | None = ...,
        Namespace: str | None = ...,
        StampId: UUID | str = ...,
        Release: str | None = ...,
        ServicePriority: str | None = ...,
        ServiceTemplateState: str | None = ...,
        IsPublished: bool | None = ...,
        PublishedTime: datetime | str | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        GrantedToList: Iterable[UserAndRole | Mapping[str, Any]] = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Enabled: bool | None = ...,
        NotificationsAvailable: bool | None = ...,
        UseAsDefaultRelease: bool | None = ...,
        UseAsPattern: bool | None = ...,
        Accessibility: str | None = ...,
        ServiceSettings: Iterable[ServiceSetting | Mapping[str, Any]] = ...,
        CustomProperty: Iterable[_CustomPropertyType | Mapping[str, Any]] = ...,
        ComputerTierTemplates: Iterable[ComputerTierTemplate] = ...,
        ApplicationHostTemplates: Iterable[ApplicationHostTemplate] = ...,
    ) -> None: ...

class StaticIPAddressPool(Entity):
    EnableNetBIOS: Property[bool | None, bool | None]
    IsFullyCached: Property[bool | None, bool | None]
    IsIPv4: Property[bool | None, bool | None]
    IsMulticastPool: Property[bool | None, bool | None]
    IsViewOnly: Property[bool | None, bool | None]
    MarkedForDeletion: Property[bool | None, bool | None]
    ExternalSyncTime: Property[datetime | None, datetime | str | None]
    VLanID: Property[int | None, int | None]
    AvailableAddresses: Property[Decimal | None, Decimal | int | str | None]
    AvailableDIPAddresses: Property[Decimal | None, Decimal | int | str | None]
    AvailableVIPAddresses: Property[Decimal | None, Decimal | int | str | None]
    ReservedAddresses: Property[Decimal | None, Decimal | int | str | None]
    TotalAddresses: Property[Decimal | None, Decimal | int | str | None]
    TotalDIPAddresses: Property[Decimal | None, Decimal | int | str | None]
    TotalVIPAddresses: Property[Decimal | None, Decimal | int | str | None]
    UnassignedAddresses: Property[Decimal | None, Decimal | int | str | None]
    UnassignedDIPAddresses: Property[Decimal | None, Decimal | int | str | None]
    UnassignedVIPAddresses: Property[Decimal | None, Decimal | int | str | None]
    AddressFamily: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    DNSSuffix: Property[str | None, str | None]
    IPAddressRangeEnd: Property[str | None, str | None]
    IPAddressRangeStart: Property[str | None, str | None]
    IPAddressReservedSet: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    Subnet: Property[str | None, str | None]
    VIPAddressSet: Property[str | None, str | None]
    NetworkEntityAccessType: Property[str | None, str | None]
    DNSSearchSuffixes: Values[str, str]
    DNSServers: Values[str, str]
    WINSServers: Values[str, str]
    DefaultGatewayIPAddresses: Values[str, str]
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    ExternalId: Property[UUID | None, UUID | str | None]
    VMSubnetId: Property[UUID | None, UUID | str | None]
    LogicalNetworkDefinitionId: Property[UUID | None, UUID | str | None]
    def __init__(
        self,
        *,
        EnableNetBIOS: bool | None = ...,
        IsFullyCached: bool | None = ...,
        IsIPv4: bool | None = ...,
        IsMulticastPool: bool | None = ...,
        IsViewOnly: bool | None = ...,
        MarkedForDeletion: bool | None = ...,
        ExternalSyncTime: datetime | str | None = ...,
        VLanID: int | None = ...,
        AvailableAddresses: Decimal | int | str | None = ...,
        AvailableDIPAddresses: Decimal | int | str | None = ...,
        AvailableVIPAddresses: Decimal | int | str | None = ...,
        ReservedAddresses: Decimal | int | str | None = ...,
        TotalAddresses: Decimal | int | str | None = ...,
        TotalDIPAddresses: Decimal | int | str | None = ...,
        TotalVIPAddresses: Decimal | int | str | None = ...,
        UnassignedAddresses: Decimal | int | str | None = ...,
        UnassignedDIPAddresses: Decimal | int | str | None = ...,
        UnassignedVIPAddresses: Decimal | int | str | None = ...,
        AddressFamily: str | None = ...,
        Description: str | None = ...,
        DNSSuffix: str | None = ...,
        IPAddressRangeEnd: str | None = ...,
        IPAddressRangeStart: str | None = ...,
        IPAddressReservedSet: str | None = ...,
        Name: str | None = ...,
        Subnet: str | None = ...,
        VIPAddressSet: str | None = ...,
        NetworkEntityAccessType: str | None = ...,
        DNSSearchSuffixes: Iterable[str] = ...,
        DNSServers: Iterable[str] = ...,
        WINSServers: Iterable[str] = ...,
        DefaultGatewayIPAddresses: Iterable[str] = ...,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        ExternalId: UUID | str | None = ...,
        VMSubnetId: UUID | str | None = ...,
        LogicalNetworkDefinitionId: UUID | str | None = ...,
    ) -> None: ...

class UserRole(Entity):
    AddMember: Values[str, str]
    AddResource: Complexes[UserRoleResource]
    AddScope: Complexes[UserRoleScope]
    AddCloudResourceExtension: Complexes[UserRoleCloudResourceExtension]
    Description: Property[str | None, str | None]
    ID: Property[UUID, UUID | str]
    Members: Values[str, str]
    Name: Property[str | None, str | None]
    ParentUserRoleId: Property[UUID | None, UUID | str | None]
    Permission: Values[str, str]
    CloudPermission: Complexes[UserRoleCloudPermission]
    Profile: Property[str | None, str | None]
    Quotas: Complexes[UserRoleScope]
    RemoveMember: Values[str, str]
    UserRoleProfile: Property[str | None, str | None]
    PermissionInput: Complexes[UserRolePermission]
    CloudPermissionInput: Complexes[UserRoleCloudPermissionInput]
    RemoveResource: Complexes[UserRoleResource]
    RemoveScope: Complexes[UserRoleScope]
    RemoveCloudResourceExtension: Complexes[UserRoleCloudResourceExtension]
    VMId: Property[UUID | None, UUID | str | None]
    VMTemplateId: Property[UUID | None, UUID | str | None]
    UserRoleDataPath: Complexes[_UserRoleDataPathType]
    VMNetworkQuota: Complexes[_VMNetworkQuotaType]
    Clouds: Navigations[Cloud]
    def __init__(
        self,
        *,
        AddMember: Iterable[str] = ...,
        AddResource: Iterable[UserRoleResource | Mapping[str, Any]] = ...,
        AddScope: Iterable[UserRoleScope | Mapping[str, Any]] = ...,
        AddCloudResourceExtension: Iterable[UserRoleCloudResourceExtension | Mapping[str, Any]] = ...,
        Description: str | None = ...,
        ID: UUID | str = ...,
        Members: Iterable[str] = ...,
        Name: str | None = ...,
        ParentUserRoleId: UUID | str | None = ...,
        Permission: Iterable[str] = ...,
        CloudPermission: Iterable[UserRoleCloudPermission | Mapping[str, Any]] = ...,
        Profile: str | None = ...,
        Quotas: Iterable[UserRoleScope | Mapping[str, Any]] = ...,
        RemoveMember: Iterable[str] = ...,
        UserRoleProfile: str | None = ...,
        PermissionInput: Iterable[UserRolePermission | Mapping[str, Any]] = ...,
        CloudPermissionInput: Iterable[UserRoleCloudPermissionInput | Mapping[str, Any]] = ...,
        RemoveResource: Iterable[UserRoleResource | Mapping[str, Any]] = ...,
        RemoveScope: Iterable[UserRoleScope | Mapping[str, Any]] = ...,
        RemoveCloudResourceExtension: Iterable[UserRoleCloudResourceExtension | Mapping[str, Any]] = ...,
        VMId: UUID | str | None = ...,
        VMTemplateId: UUID | str | None = ...,
        UserRoleDataPath: Iterable[_UserRoleDataPathType | Mapping[str, Any]] = ...,
        VMNetworkQuota: Iterable[_VMNetworkQuotaType | Mapping[str, Any]] = ...,
        Clouds: Iterable[Cloud] = ...,
    ) -> None: ...

class VMCheckPoint(Entity):
    Accessibility: Property[str | None, str | None]
    CheckpointID: Property[UUID | None, UUID | str | None]
    Description: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    ID: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    ParentCheckpointID: Property[UUID | None, UUID | str | None]
    VMId: Property[UUID | None, UUID | str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    StampId: Property[UUID, UUID | str]
    VMCheckPointAction: Property[str | None, str | None]
    Confirm: Property[bool | None, bool | None]
    RunAsynchronously: Property[bool | None, bool | None]
    ParentCheckPoint: Navigation[VMCheckPoint]
    def __init__(
        self,
        *,
        Accessibility: str | None = ...,
        CheckpointID: UUID | str | None = ...,
        Description: str | None = ...,
        Enabled: bool | None = ...,
        ID: UUID | str = ...,
        Name: str | None = ...,
        ParentCheckpointID: UUID | str | None = ...,
        VMId: UUID | str | None = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        StampId: UUID | str = ...,
        VMCheckPointAction: str | None = ...,
        Confirm: bool | None = ...,
        RunAsynchronously: bool | None = ...,
        ParentCheckPoint: VMCheckPoint | None = ...,
    ) -> None: ...

class VMNetwork(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    ExternalName: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    IsolationType: Property[str | None, str | None]
    PAIPAddressPoolType: Property[str | None, str | None]
    CAIPAddressPoolType: Property[str | None, str | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    GrantedToList: Complexes[UserAndRole]
    LogicalNetworkId: Property[UUID | None, UUID | str | None]
    LogicalNetworkName: Property[str | None, str | None]
    AutoCreateSubnet: Property[bool | None, bool | None]
    IsAssigned: Property[bool | None, bool | None]
    Enabled: Property[bool | None, bool | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    PROTipID: Property[UUID | None, UUID | str | None]
    RoutingDomainId: Property[UUID | None, UUID | str | None]
    MostRecentTask: Navigation[Job]
    VMNetworkGateways: Navigations[VMNetworkGateway]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        Name: str | None = ...,
        ExternalName: str | None = ...,
        Description: str | None = ...,
        IsolationType: str | None = ...,
        PAIPAddressPoolType: str | None = ...,
        CAIPAddressPoolType: str | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        GrantedToList: Iterable[UserAndRole | Mapping[str, Any]] = ...,
        LogicalNetworkId: UUID | str | None = ...,
        LogicalNetworkName: str | None = ...,
        AutoCreateSubnet: bool | None = ...,
        IsAssigned: bool | None = ...,
        Enabled: bool | None = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        PROTipID: UUID | str | None = ...,
        RoutingDomainId: UUID | str | None = ...,
        MostRecentTask: Job | None = ...,
        VMNetworkGateways: Iterable[VMNetworkGateway] = ...,
    ) -> None: ...

class VMNetworkGateway(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    VMNetworkId: Property[UUID | None, UUID | str | None]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    IPSubnets: Values[str, str]
    RequiresVPN: Property[bool | None, bool | None]
    RequiresNAT: Property[bool | None, bool | None]
    EnableBGP: Property[bool | None, bool | None]
    AutonomousSystemNumber: Property[int | None, int | None]
    BGPPeers: Navigations[BGPPeer]
    NATConnections: Navigations[NATConnection]
    VPNConnections: Navigations[VPNConnection]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        VMNetworkId: UUID | str | None = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        IPSubnets: Iterable[str] = ...,
        RequiresVPN: bool | None = ...,
        RequiresNAT: bool | None = ...,
        EnableBGP: bool | None = ...,
        AutonomousSystemNumber: int | None = ...,
        BGPPeers: Iterable[BGPPeer] = ...,
        NATConnections: Iterable[NATConnection] = ...,
        VPNConnections: Iterable[VPNConnection] = ...,
    ) -> None: ...

class VMRoleSizeProfile(Entity):
    StampId: Property[UUID, UUID | str]
    Name: Property[str, str]
    CpuCount: Property[int | None, int | None]
    MemoryInMB: Property[int | None, int | None]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        Name: str = ...,
        CpuCount: int | None = ...,
        MemoryInMB: int | None = ...,
    ) -> None: ...

class VMSubnet(Entity):
    Name: Property[str | None, str | None]
    Subnet: Property[str | None, str | None]
    VMNetworkName: Property[str | None, str | None]
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    VMNetworkId: Property[UUID | None, UUID | str | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Subnet: str | None = ...,
        VMNetworkName: str | None = ...,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        VMNetworkId: UUID | str | None = ...,
    ) -> None: ...

class VMTemplate(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    AccessedTime: Property[datetime | None, datetime | str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    Admin: Property[str | None, str | None]
    AdminPasswordHasValue: Property[bool | None, bool | None]
    ComputerName: Property[str | None, str | None]
    CPUCount: Property[int | None, int | None]
    CPUMax: Property[int | None, int | None]
    CPUReserve: Property[int | None, int | None]
    CPUType: Property[str | None, str | None]
    CreationTime: Property[datetime | None, datetime | str | None]
    DiskIO: Property[int | None, int | None]
    DomainAdmin: Property[str | None, str | None]
    DomainAdminPasswordHasValue: Property[bool | None, bool | None]
    ExpectedCPUUtilization: Property[int | None, int | None]
    Enabled: Property[bool | None, bool | None]
    FullName: Property[str | None, str | None]
    HasVMAdditions: Property[bool | None, bool | None]
    IsHighlyAvailable: Property[bool | None, bool | None]
    JoinDomain: Property[str | None, str | None]
    JoinWorkgroup: Property[str | None, str | None]
    LibraryGroup: Property[str | None, str | None]
    LimitCPUForMigration: Property[bool | None, bool | None]
    LimitCPUFunctionality: Property[bool | None, bool | None]
    Location: Property[str | None, str | None]
    Memory: Property[int | None, int | None]
    MergeAnswerFile: Property[bool | None, bool | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Name: Property[str | None, str | None]
    NetworkUtilization: Property[int | None, int | None]
    OperatingSystem: Property[str | None, str | None]
    OperatingSystemInstance: Structured[_OperatingSystemType, _OperatingSystemType | None]
    OSType: Property[str | None, str | None]
    OrgName: Property[str | None, str | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    GrantedToList: Complexes[UserAndRole]
    QuotaPoint: Property[int | None, int | None]
    ProductKeyHasValue: Property[bool | None, bool | None]
    RelativeWeight: Property[int | None, int | None]
    ShareSCSIBus: Property[bool | None, bool | None]
    Tag: Property[str | None, str | None]
    TimeZone: Property[int | None, int | None]
    TotalVHDCapacity: Property[int | None, int | None]
    UndoDisksEnabled: Property[bool | None, bool | None]
    UseHardwareAssistedVirtualization: Property[bool | None, bool | None]
    Accessibility: Property[str | None, str | None]
    CostCenter: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    IsTagEmpty: Property[bool | None, bool | None]
    NicCount: Property[int | None, int | None]
    NumLockEnabled: Property[bool | None, bool | None]
    VMAddition: Property[str | None, str | None]
    IsCustomizable: Property[bool | None, bool | None]
    DomainAdminPasswordIsServiceSetting: Property[bool | None, bool | None]
    SANCopyCapable: Property[bool | None, bool | None]
    IsTemporaryTemplate: Property[bool | None, bool | None]
    VMTemplateId: Property[UUID | None, UUID | str | None]
    VirtualHardDiskId: Property[UUID | None, UUID | str | None]
    VMId: Property[UUID | None, UUID | str | None]
    SharePath: Property[str | None, str | None]
    ApplicationProfileId: Property[UUID | None, UUID | str | None]
    CloudID: Property[UUID | None, UUID | str | None]
    DynamicMemoryBufferPercentage: Property[int | None, int | None]
    DynamicMemoryEnabled: Property[bool | None, bool | None]
    DynamicMemoryMaximumMB: Property[int | None, int | None]
    MemoryWeight: Property[int | None, int | None]
    DynamicMemoryPreferredBufferPercentage: Property[int | None, int | None]
    SQLProfileId: Property[UUID | None, UUID | str | None]
    VirtualFloppyDriveId: Property[UUID | None, UUID | str | None]
    BootOrder: Values[str, str]
    CustomProperties: Values[str, str]
    GuiRunOnceCommands: Values[str, str]
    ServerFeatures: Values[str, str]
    Status: Property[str | None, str | None]
    VirtualizationPlatform: Property[str | None, str | None]
    CapabilityProfile: Property[str | None, str | None]
    AutoLogonCount: Property[int | None, int | None]
    DomainJoinOrganizationalUnit: Property[str | None, str | None]
    SANStatus: Values[str, str]
    Generation: Property[int | None, int | None]
    VirtualNetworkAdapters: Navigations[VirtualNetworkAdapter]
    VirtualSCSIAdapters: Navigations[VirtualSCSIAdapter]
    VirtualHardDisks: Navigations[VirtualHardDisk]
    VirtualDVDDrives: Navigations[VirtualDVDDrive]
    VirtualDiskDrives: Navigations[VirtualDiskDrive]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        AccessedTime: datetime | str | None = ...,
        AddedTime: datetime | str | None = ...,
        Admin: str | None = ...,
        AdminPasswordHasValue: bool | None = ...,
        ComputerName: str | None = ...,
        CPUCount: int | None = ...,
        CPUMax: int | None = ...,
        CPUReserve: int | None = ...,
        CPUType: str | None = ...,
        CreationTime: datetime | str | None = ...,
        DiskIO: int | None = ...,
        DomainAdmin: str | None = ...,
        DomainAdminPasswordHasValue: bool | None = ...,
        ExpectedCPUUtilization: int | None = ...,
        Enabled: bool | None = ...,
        FullName: str | None = ...,
        HasVMAdditions: bool | None = ...,
        IsHighlyAvailable: bool | None = ...,
        JoinDomain: str | None = ...,
        JoinWorkgroup: str | None = ...,
        LibraryGroup: str | None = ...,
        LimitCPUForMigration: bool | None = ...,
        LimitCPUFunctionality: bool | None = ...,
        Location: str | None = ...,
        Memory: int | None = ...,
        MergeAnswerFile: bool | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Name: str | None = ...,
        NetworkUtilization: int | None = ...,
        OperatingSystem: str | None = ...,
        OperatingSystemInstance: _OperatingSystemType | Mapping[str, Any] | None = ...,
        OSType: str | None = ...,
        OrgName: str | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        GrantedToList: Iterable[UserAndRole | Mapping[str, Any]] = ...,
        QuotaPoint: int | None = ...,
        ProductKeyHasValue: bool | None = ...,
        RelativeWeight: int | None = ...,
        ShareSCSIBus: bool | None = ...,
        Tag: str | None = ...,
        TimeZone: int | None = ...,
        TotalVHDCapacity: int | None = ...,
        UndoDisksEnabled: bool | None = ...,
        UseHardwareAssistedVirtualization: bool | None = ...,
        Accessibility: str | None = ...,
        CostCenter: str | None = ...,
        Description: str | None = ...,
        IsTagEmpty: bool | None = ...,
        NicCount: int | None = ...,
        NumLockEnabled: bool | None = ...,
        VMAddition: str | None = ...,
        IsCustomizable: bool | None = ...,
        DomainAdminPasswordIsServiceSetting: bool | None = ...,
        SANCopyCapable: bool | None = ...,
        IsTemporaryTemplate: bool | None = ...,
        VMTemplateId: UUID | str | None = ...,
        VirtualHardDiskId: UUID | str | None = ...,
        VMId: UUID | str | None = ...,
        SharePath: str | None = ...,
        ApplicationProfileId: UUID | str | None = ...,
        CloudID: UUID | str | None = ...,
        DynamicMemoryBufferPercentage: int | None = ...,
        DynamicMemoryEnabled: bool | None = ...,
        DynamicMemoryMaximumMB: int | None = ...,
        MemoryWeight: int | None = ...,
        DynamicMemoryPreferredBufferPercentage: int | None = ...,
        SQLProfileId: UUID | str | None = ...,
        VirtualFloppyDriveId: UUID | str | None = ...,
        BootOrder: Iterable[str] = ...,
        CustomProperties: Iterable[str] = ...,
        GuiRunOnceCommands: Iterable[str] = ...,
        ServerFeatures: Iterable[str] = ...,
        Status: str | None = ...,
        VirtualizationPlatform: str | None = ...,
        CapabilityProfile: str | None = ...,
        AutoLogonCount: int | None = ...,
        DomainJoinOrganizationalUnit: str | None = ...,
        SANStatus: Iterable[str] = ...,
        Generation: int | None = ...,
        VirtualNetworkAdapters: Iterable[VirtualNetworkAdapter] = ...,
        VirtualSCSIAdapters: Iterable[VirtualSCSIAdapter] = ...,
        VirtualHardDisks: Iterable[VirtualHardDisk] = ...,
        VirtualDVDDrives: Iterable[VirtualDVDDrive] = ...,
        VirtualDiskDrives: Iterable[VirtualDiskDrive] = ...,
    ) -> None: ...

class VPNConnection(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    VMNetworkGatewayId: Property[UUID | None, UUID | str | None]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    TargetVPNIPv4Address: Property[str | None, str | None]
    TargetVPNIPv6Address: Property[str | None, str | None]
    CloudVPNIPAddresses: Values[str, str]
    AuthenticationMethod: Property[str | None, str | None]
    RunAsAccountId: Property[UUID | None, UUID | str | None]
    Status: Property[str | None, str | None]
    LastConnectionError: Property[str | None, str | None]
    LastConnectionErrorCode: Property[int | None, int | None]
    MaximumBandwidthInboundKbps: Property[Decimal | None, Decimal | int | str | None]
    MaximumBandwidthOutboundKbps: Property[Decimal | None, Decimal | int | str | None]
    LastRead: Property[datetime | None, datetime | str | None]
    NetworkRoutes: Navigations[VPNNetworkRoute]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        VMNetworkGatewayId: UUID | str | None = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        TargetVPNIPv4Address: str | None = ...,
        TargetVPNIPv6Address: str | None = ...,
        CloudVPNIPAddresses: Iterable[str] = ...,
        AuthenticationMethod: str | None = ...,
        RunAsAccountId: UUID | str | None = ...,
        Status: str | None = ...,
        LastConnectionError: str | None = ...,
        LastConnectionErrorCode: int | None = ...,
        MaximumBandwidthInboundKbps: Decimal | int | str | None = ...,
        MaximumBandwidthOutboundKbps: Decimal | int | str | None = ...,
        LastRead: datetime | str | None = ...,
        NetworkRoutes: Iterable[VPNNetworkRoute] = ...,
    ) -> None: ...
    def Refresh(self) -> VPNConnection | None: ...

class VPNNetworkRoute(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    VPNConnectionId: Property[UUID | None, UUID | str | None]
    IPSubnet: Property[str | None, str | None]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        VPNConnectionId: UUID | str | None = ...,
        IPSubnet: str | None = ...,
    ) -> None: ...

class VirtualDVDDrive(Entity):
    Accessibility: Property[str | None, str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    Bus: Property[int | None, int | None]
    BusType: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    HostDrive: Property[str | None, str | None]
    ID: Property[UUID, UUID | str]
    ISOId: Property[UUID | None, UUID | str | None]
    ISOLinked: Property[bool | None, bool | None]
    JobGroupId: Property[UUID | None, UUID | str | None]
    LUN: Property[int | None, int | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Name: Property[str | None, str | None]
    Size: Property[int | None, int | None]
    TemplateId: Property[UUID | None, UUID | str | None]
    VMId: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID, UUID | str]
    ChildObjectIDs: Values[UUID, UUID | str]
    Connection: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    ISO: Navigation[_ISOType]
    def __init__(
        self,
        *,
        Accessibility: str | None = ...,
        AddedTime: datetime | str | None = ...,
        Bus: int | None = ...,
        BusType: str | None = ...,
        Enabled: bool | None = ...,
        HostDrive: str | None = ...,
        ID: UUID | str = ...,
        ISOId: UUID | str | None = ...,
        ISOLinked: bool | None = ...,
        JobGroupId: UUID | str | None = ...,
        LUN: int | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Name: str | None = ...,
        Size: int | None = ...,
        TemplateId: UUID | str | None = ...,
        VMId: UUID | str | None = ...,
        StampId: UUID | str = ...,
        ChildObjectIDs: Iterable[UUID | str] = ...,
        Connection: str | None = ...,
        Description: str | None = ...,
        ISO: _ISOType | None = ...,
    ) -> None: ...

class VirtualDiskDrive(Entity):
    StampId: Property[UUID, UUID | str]
    ID: Property[UUID, UUID | str]
    Bus: Property[int | None, int | None]
    BusType: Property[str | None, str | None]
    IsVHD: Property[bool | None, bool | None]
    LUN: Property[int | None, int | None]
    Name: Property[str | None, str | None]
    VMId: Property[UUID | None, UUID | str | None]
    TemplateId: Property[UUID | None, UUID | str | None]
    ISOId: Property[UUID | None, UUID | str | None]
    HostDrive: Property[str | None, str | None]
    ISOLinked: Property[bool | None, bool | None]
    Accessibility: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Enabled: Property[bool | None, bool | None]
    VirtualHardDiskId: Property[UUID | None, UUID | str | None]
    VolumeType: Property[str | None, str | None]
    IDE: Property[bool | None, bool | None]
    SCSI: Property[bool | None, bool | None]
    FileName: Property[str | None, str | None]
    Path: Property[str | None, str | None]
    Size: Property[int | None, int | None]
    VirtualHardDisk: Navigation[_VirtualHardDiskType]
    def __init__(
        self,
        *,
        StampId: UUID | str = ...,
        ID: UUID | str = ...,
        Bus: int | None = ...,
        BusType: str | None = ...,
        IsVHD: bool | None = ...,
        LUN: int | None = ...,
        Name: str | None = ...,
        VMId: UUID | str | None = ...,
        TemplateId: UUID | str | None = ...,
        ISOId: UUID | str | None = ...,
        HostDrive: str | None = ...,
        ISOLinked: bool | None = ...,
        Accessibility: str | None = ...,
        Description: str | None = ...,
        AddedTime: datetime | str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Enabled: bool | None = ...,
        VirtualHardDiskId: UUID | str | None = ...,
        VolumeType: str | None = ...,
        IDE: bool | None = ...,
        SCSI: bool | None = ...,
        FileName: str | None = ...,
        Path: str | None = ...,
        Size: int | None = ...,
        VirtualHardDisk: _VirtualHardDiskType | None = ...,
    ) -> None: ...
    def Expand(self, VirtualHardDiskSizeGB: int | None = ...) -> None: ...

class VirtualHardDisk(Entity):
    Accessibility: Property[str | None, str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    Description: Property[str | None, str | None]
    Directory: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    ID: Property[UUID, UUID | str]
    JobGroupId: Property[UUID | None, UUID | str | None]
    MaximumSize: Property[int | None, int | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    Name: Property[str | None, str | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    OwnerSid: Property[str | None, str | None]
    ParentDiskId: Property[UUID | None, UUID | str | None]
    SharePath: Property[str | None, str | None]
    Size: Property[int | None, int | None]
    State: Property[str | None, str | None]
    VHDType: Property[str | None, str | None]
    VMId: Property[UUID | None, UUID | str | None]
    TemplateId: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID, UUID | str]
    FamilyName: Property[str | None, str | None]
    Release: Property[str | None, str | None]
    CloudId: Property[UUID | None, UUID | str | None]
    HostVolumeId: Property[UUID | None, UUID | str | None]
    IsOrphaned: Property[bool | None, bool | None]
    IsResourceGroup: Property[bool | None, bool | None]
    LibraryGroup: Property[str | None, str | None]
    LibraryShareId: Property[UUID | None, UUID | str | None]
    Location: Property[str | None, str | None]
    Namespace: Property[str | None, str | None]
    ReleaseTime: Property[datetime | None, datetime | str | None]
    SANCopyCapable: Property[bool | None, bool | None]
    Type: Property[str | None, str | None]
    VirtualizationPlatform: Property[str | None, str | None]
    OperatingSystem: Property[str | None, str | None]
    OperatingSystemInstance: Structured[_OperatingSystemType, _OperatingSystemType | None]
    OperatingSystemId: Property[UUID | None, UUID | str | None]
    Tag: Values[str, str]
    def __init__(
        self,
        *,
        Accessibility: str | None = ...,
        AddedTime: datetime | str | None = ...,
        Description: str | None = ...,
        Directory: str | None = ...,
        Enabled: bool | None = ...,
        ID: UUID | str = ...,
        JobGroupId: UUID | str | None = ...,
        MaximumSize: int | None = ...,
        ModifiedTime: datetime | str | None = ...,
        Name: str | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        OwnerSid: str | None = ...,
        ParentDiskId: UUID | str | None = ...,
        SharePath: str | None = ...,
        Size: int | None = ...,
        State: str | None = ...,
        VHDType: str | None = ...,
        VMId: UUID | str | None = ...,
        TemplateId: UUID | str | None = ...,
        StampId: UUID | str = ...,
        FamilyName: str | None = ...,
        Release: str | None = ...,
        CloudId: UUID | str | None = ...,
        HostVolumeId: UUID | str | None = ...,
        IsOrphaned: bool | None = ...,
        IsResourceGroup: bool | None = ...,
        LibraryGroup: str | None = ...,
        LibraryShareId: UUID | str | None = ...,
        Location: str | None = ...,
        Namespace: str | None = ...,
        ReleaseTime: datetime | str | None = ...,
        SANCopyCapable: bool | None = ...,
        Type: str | None = ...,
        VirtualizationPlatform: str | None = ...,
        OperatingSystem: str | None = ...,
        OperatingSystemInstance: _OperatingSystemType | Mapping[str, Any] | None = ...,
        OperatingSystemId: UUID | str | None = ...,
        Tag: Iterable[str] = ...,
    ) -> None: ...

class VirtualMachine(Entity):
    AddedTime: Property[datetime | None, datetime | str | None]
    Agent: Property[bool | None, bool | None]
    AllocatedGPU: Property[str | None, str | None]
    BackupEnabled: Property[bool | None, bool | None]
    BlockLiveMigrationIfHostBusy: Property[bool | None, bool | None]
    CanVMConnect: Property[bool | None, bool | None]
    CheckpointLocation: Property[str | None, str | None]
    CloudId: Property[UUID | None, UUID | str | None]
    ComputerName: Property[str | None, str | None]
    ComputerTierId: Property[UUID | None, UUID | str | None]
    CostCenter: Property[str | None, str | None]
    CPUCount: Property[int | None, int | None]
    CPUMax: Property[int | None, int | None]
    CPUReserve: Property[int | None, int | None]
    CPUType: Property[str | None, str | None]
    CPUUtilization: Property[int | None, int | None]
    CreationSource: Property[str | None, str | None]
    CreationTime: Property[datetime | None, datetime | str | None]
    DataExchangeEnabled: Property[bool | None, bool | None]
    DelayStart: Property[int | None, int | None]
    DeployPath: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    DiskIO: Property[int | None, int | None]
    Dismiss: Property[bool | None, bool | None]
    DynamicMemoryDemandMB: Property[int | None, int | None]
    Enabled: Property[bool | None, bool | None]
    ExcludeFromPRO: Property[bool | None, bool | None]
    ExpectedCPUUtilization: Property[int | None, int | None]
    FailedJobID: Property[UUID | None, UUID | str | None]
    HasPassthroughDisk: Property[bool | None, bool | None]
    HasSavedState: Property[bool | None, bool | None]
    HasVMAdditions: Property[bool | None, bool | None]
    HeartbeatEnabled: Property[bool | None, bool | None]
    HighlyAvailable: Property[bool | None, bool | None]
    ID: Property[UUID, UUID | str]
    IsFaultTolerant: Property[bool | None, bool | None]
    IsHighlyAvailable: Property[bool | None, bool | None]
    IsUndergoingLiveMigration: Property[bool | None, bool | None]
    LastRestoredCheckpointId: Property[UUID | None, UUID | str | None]
    LibraryGroup: Property[str | None, str | None]
    LimitCPUForMigration: Property[bool | None, bool | None]
    LimitCPUFunctionality: Property[bool | None, bool | None]
    VMNetworkAssignments: Complexes[VMNetworkAssignment]
    Location: Property[str | None, str | None]
    MarkedAsTemplate: Property[bool | None, bool | None]
    Memory: Property[int | None, int | None]
    DynamicMemoryEnabled: Property[bool | None, bool | None]
    DynamicMemoryMinimumMB: Property[int | None, int | None]
    DynamicMemoryMaximumMB: Property[int | None, int | None]
    MemoryAssignedMB: Property[int | None, int | None]
    MemoryAvailablePercentage: Property[int | None, int | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    MostRecentTaskId: Property[UUID | None, UUID | str | None]
    Name: Property[str | None, str | None]
    NetworkUtilization: Property[int | None, int | None]
    NumLock: Property[bool | None, bool | None]
    OperatingSystem: Property[str | None, str | None]
    OperatingSystemInstance: Structured[_OperatingSystemType, _OperatingSystemType | None]
    OperatingSystemShutdownEnabled: Property[bool | None, bool | None]
    Operation: Property[str | None, str | None]
    Owner: Structured[UserAndRole, UserAndRole | None]
    GrantedToList: Complexes[UserAndRole]
    Path: Property[str | None, str | None]
    PerfCPUUtilization: Property[int | None, int | None]
    PerfDiskBytesRead: Property[int | None, int | None]
    PerfDiskBytesWrite: Property[int | None, int | None]
    PerfNetworkBytesRead: Property[int | None, int | None]
    PerfNetworkBytesWrite: Property[int | None, int | None]
    CPURelativeWeight: Property[int | None, int | None]
    Retry: Property[bool | None, bool | None]
    RunGuestAccount: Property[str | None, str | None]
    ServiceDeploymentErrorMessage: Property[str | None, str | None]
    ServiceId: Property[UUID | None, UUID | str | None]
    SharePath: Property[str | None, str | None]
    SourceObjectType: Property[str | None, str | None]
    StartAction: Property[str | None, str | None]
    StartVM: Property[bool | None, bool | None]
    Status: Property[str | None, str | None]
    StatusString: Property[str | None, str | None]
    StopAction: Property[str | None, str | None]
    Tag: Property[str | None, str | None]
    TimeSynchronizationEnabled: Property[bool | None, bool | None]
    TotalSize: Property[int | None, int | None]
    Undo: Property[bool | None, bool | None]
    UndoDisksEnabled: Property[bool | None, bool | None]
    UpgradeDomain: Property[int | None, int | None]
    UseCluster: Property[bool | None, bool | None]
    UseLAN: Property[bool | None, bool | None]
    VirtualHardDiskId: Property[UUID | None, UUID | str | None]
    VirtualizationPlatform: Property[str | None, str | None]
    CapabilityProfile: Property[str | None, str | None]
    VMBaseConfigurationId: Property[UUID | None, UUID | str | None]
    VMConnection: NamedStream
    VMConfigResource: Property[str | None, str | None]
    VMCPath: Property[str | None, str | None]
    VMHostName: Property[str | None, str | None]
    VMId: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID, UUID | str]
    VMResource: Property[str | None, str | None]
    VMResourceGroup: Property[str | None, str | None]
    VirtualMachineState: Property[str | None, str | None]
    VMTemplateId: Property[UUID | None, UUID | str | None]
    HardwareProfileId: Property[UUID | None, UUID | str | None]
    BlockDynamicOptimization: Property[bool | None, bool | None]
    CPULimitForMigration: Property[bool | None, bool | None]
    CPULimitFunctionality: Property[bool | None, bool | None]
    Domain: Property[str | None, str | None]
    DynamicMemoryBufferPercentage: Property[int | None, int | None]
    FullName: Property[str | None, str | None]
    MemoryWeight: Property[int | None, int | None]
    OrganizationName: Property[str | None, str | None]
    DelayStartSeconds: Property[int | None, int | None]
    ProductKey: Property[str | None, str | None]
    WorkGroup: Property[str | None, str | None]
    TimeZone: Property[int | None, int | None]
    RunAsAccountUserName: Property[str | None, str | None]
    UserName: Property[str | None, str | None]
    Password: Property[str | None, str | None]
    LocalAdminRunAsAccountName: Property[str | None, str | None]
    LocalAdminUserName: Property[str | None, str | None]
    LocalAdminPassword: Property[str | None, str | None]
    LinuxDomainName: Property[str | None, str | None]
    LinuxAdministratorSSHKey: Property[str | None, str | None]
    LinuxAdministratorSSHKeyString: Property[str | None, str | None]
    CloudVMRoleName: Property[str | None, str | None]
    Generation: Property[int | None, int | None]
    DeploymentErrorInfo: Structured[ErrorInfo, ErrorInfo | None]
    NewVirtualNetworkAdapterInput: Complexes[NewVMVirtualNetworkAdapterInput]
    IsRecoveryVM: Property[bool | None, bool | None]
    Cloud: Navigation[_CloudType]
    MostRecentTask: Navigation[Job]
    FailedJob: Navigation[Job]
    VirtualNetworkAdapters: Navigations[VirtualNetworkAdapter]
    VMCheckpoints: Navigations[VMCheckPoint]
    VirtualSCSIAdapters: Navigations[VirtualSCSIAdapter]
    VirtualHardDisks: Navigations[VirtualHardDisk]
    VirtualDVDDrives: Navigations[VirtualDVDDrive]
    VirtualDiskDrives: Navigations[VirtualDiskDrive]
    def __init__(
        self,
        *,
        AddedTime: datetime | str | None = ...,
        Agent: bool | None = ...,
        AllocatedGPU: str | None = ...,
        BackupEnabled: bool | None = ...,
        BlockLiveMigrationIfHostBusy: bool | None = ...,
        CanVMConnect: bool | None = ...,
        CheckpointLocation: str | None = ...,
        CloudId: UUID | str | None = ...,
        ComputerName: str | None = ...,
        ComputerTierId: UUID | str | None = ...,
        CostCenter: str | None = ...,
        CPUCount: int | None = ...,
        CPUMax: int | None = ...,
        CPUReserve: int | None = ...,
        CPUType: str | None = ...,
        CPUUtilization: int | None = ...,
        CreationSource: str | None = ...,
        CreationTime: datetime | str | None = ...,
        DataExchangeEnabled: bool | None = ...,
        DelayStart: int | None = ...,
        DeployPath: str | None = ...,
        Description: str | None = ...,
        DiskIO: int | None = ...,
        Dismiss: bool | None = ...,
        DynamicMemoryDemandMB: int | None = ...,
        Enabled: bool | None = ...,
        ExcludeFromPRO: bool | None = ...,
        ExpectedCPUUtilization: int | None = ...,
        FailedJobID: UUID | str | None = ...,
        HasPassthroughDisk: bool | None = ...,
        HasSavedState: bool | None = ...,
        HasVMAdditions: bool | None = ...,
        HeartbeatEnabled: bool | None = ...,
        HighlyAvailable: bool | None = ...,
        ID: UUID | str = ...,
        IsFaultTolerant: bool | None = ...,
        IsHighlyAvailable: bool | None = ...,
        IsUndergoingLiveMigration: bool | None = ...,
        LastRestoredCheckpointId: UUID | str | None = ...,
        LibraryGroup: str | None = ...,
        LimitCPUForMigration: bool | None = ...,
        LimitCPUFunctionality: bool | None = ...,
        VMNetworkAssignments: Iterable[VMNetworkAssignment | Mapping[str, Any]] = ...,
        Location: str | None = ...,
        MarkedAsTemplate: bool | None = ...,
        Memory: int | None = ...,
        DynamicMemoryEnabled: bool | None = ...,
        DynamicMemoryMinimumMB: int | None = ...,
        DynamicMemoryMaximumMB: int | None = ...,
        MemoryAssignedMB: int | None = ...,
        MemoryAvailablePercentage: int | None = ...,
        ModifiedTime: datetime | str | None = ...,
        MostRecentTaskId: UUID | str | None = ...,
        Name: str | None = ...,
        NetworkUtilization: int | None = ...,
        NumLock: bool | None = ...,
        OperatingSystem: str | None = ...,
        OperatingSystemInstance: _OperatingSystemType | Mapping[str, Any] | None = ...,
        OperatingSystemShutdownEnabled: bool | None = ...,
        Operation: str | None = ...,
        Owner: UserAndRole | Mapping[str, Any] | None = ...,
        GrantedToList: Iterable[UserAndRole | Mapping[str, Any]] = ...,
        Path: str | None = ...,
        PerfCPUUtilization: int | None = ...,
        PerfDiskBytesRead: int | None = ...,
        PerfDiskBytesWrite: int | None = ...,
        PerfNetworkBytesRead: int | None = ...,
        PerfNetworkBytesWrite: int | None = ...,
        CPURelativeWeight: int | None = ...,
        Retry: bool | None = ...,
        RunGuestAccount: str | None = ...,
        ServiceDeploymentErrorMessage: str | None = ...,
        ServiceId: UUID | str | None = ...,
        SharePath: str | None = ...,
        SourceObjectType: str | None = ...,
        StartAction: str | None = ...,
        StartVM: bool | None = ...,
        Status: str | None = ...,
        StatusString: str | None = ...,
        StopAction: str | None = ...,
        Tag: str | None = ...,
        TimeSynchronizationEnabled: bool | None = ...,
        TotalSize: int | None = ...,
        Undo: bool | None = ...,
        UndoDisksEnabled: bool | None = ...,
        UpgradeDomain: int | None = ...,
        UseCluster: bool | None = ...,
        UseLAN: bool | None = ...,
        VirtualHardDiskId: UUID | str | None = ...,
        VirtualizationPlatform: str | None = ...,
        CapabilityProfile: str | None = ...,
        VMBaseConfigurationId: UUID | str | None = ...,
        VMConfigResource: str | None = ...,
        VMCPath: str | None = ...,
        VMHostName: str | None = ...,
        VMId: UUID | str | None = ...,
        StampId: UUID | str = ...,
        VMResource: str | None = ...,
        VMResourceGroup: str | None = ...,
        VirtualMachineState: str | None = ...,
        VMTemplateId: UUID | str | None = ...,
        HardwareProfileId: UUID | str | None = ...,
        BlockDynamicOptimization: bool | None = ...,
        CPULimitForMigration: bool | None = ...,
        CPULimitFunctionality: bool | None = ...,
        Domain: str | None = ...,
        DynamicMemoryBufferPercentage: int | None = ...,
        FullName: str | None = ...,
        MemoryWeight: int | None = ...,
        OrganizationName: str | None = ...,
        DelayStartSeconds: int | None = ...,
        ProductKey: str | None = ...,
        WorkGroup: str | None = ...,
        TimeZone: int | None = ...,
        RunAsAccountUserName: str | None = ...,
        UserName: str | None = ...,
        Password: str | None = ...,
        LocalAdminRunAsAccountName: str | None = ...,
        LocalAdminUserName: str | None = ...,
        LocalAdminPassword: str | None = ...,
        LinuxDomainName: str | None = ...,
        LinuxAdministratorSSHKey: str | None = ...,
        LinuxAdministratorSSHKeyString: str | None = ...,
        CloudVMRoleName: str | None = ...,
        Generation: int | None = ...,
        DeploymentErrorInfo: ErrorInfo | Mapping[str, Any] | None = ...,
        NewVirtualNetworkAdapterInput: Iterable[NewVMVirtualNetworkAdapterInput | Mapping[str, Any]] = ...,
        IsRecoveryVM: bool | None = ...,
        Cloud: _CloudType | None = ...,
        MostRecentTask: Job | None = ...,
        FailedJob: Job | None = ...,
        VirtualNetworkAdapters: Iterable[VirtualNetworkAdapter] = ...,
        VMCheckpoints: Iterable[VMCheckPoint] = ...,
        VirtualSCSIAdapters: Iterable[VirtualSCSIAdapter] = ...,
        VirtualHardDisks: Iterable[VirtualHardDisk] = ...,
        VirtualDVDDrives: Iterable[VirtualDVDDrive] = ...,
        VirtualDiskDrives: Iterable[VirtualDiskDrive] = ...,
    ) -> None: ...

class VirtualNetworkAdapter(Entity):
    ID: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    VMwarePortGroup: Property[str | None, str | None]
    EthernetAddressType: Property[str | None, str | None]
    PhysicalAddressType: Property[str | None, str | None]
    EthernetAddress: Property[str | None, str | None]
    PhysicalAddress: Property[str | None, str | None]
    VirtualNetworkAdapterType: Property[str | None, str | None]
    Location: Property[str | None, str | None]
    Tag: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    VMNetworkId: Property[UUID | None, UUID | str | None]
    VMNetworkName: Property[str | None, str | None]
    VMSubnetId: Property[UUID | None, UUID | str | None]
    TemplateId: Property[UUID | None, UUID | str | None]
    VMId: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID, UUID | str]
    MACAddressesSpoofingEnabled: Property[bool | None, bool | None]
    SlotId: Property[int | None, int | None]
    VLanEnabled: Property[bool | None, bool | None]
    VLanId: Property[int | None, int | None]
    VMNetworkOptimizationEnabled: Property[bool | None, bool | None]
    VmwAdapterIndex: Property[int | None, int | None]
    Accessibility: Property[str | None, str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    ChildObjectIDs: Values[UUID, UUID | str]
    Enabled: Property[bool | None, bool | None]
    IPv4AddressType: Property[str | None, str | None]
    IPv6AddressType: Property[str | None, str | None]
    IPv4Addresses: Values[str, str]
    IPv6Addresses: Values[str, str]
    MACAddress: Property[str | None, str | None]
    MACAddressesSpoolingEnabled: Property[bool | None, bool | None]
    MACAddressSpoofingEnabled: Property[bool | None, bool | None]
    EnableMACAddressSpoofing: Property[bool | None, bool | None]
    MACAddressType: Property[str | None, str | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    ParentId: Property[UUID | None, UUID | str | None]
    RequiredBandwidth: Property[str | None, str | None]
    IsSynthetic: Property[bool | None, bool | None]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Name: str | None = ...,
        VMwarePortGroup: str | None = ...,
        EthernetAddressType: str | None = ...,
        PhysicalAddressType: str | None = ...,
        EthernetAddress: str | None = ...,
        PhysicalAddress: str | None = ...,
        VirtualNetworkAdapterType: str | None = ...,
        Location: str | None = ...,
        Tag: str | None = ...,
        Description: str | None = ...,
        VMNetworkId: UUID | str | None = ...,
        VMNetworkName: str | None = ...,
        VMSubnetId: UUID | str | None = ...,
        TemplateId: UUID | str | None = ...,
        VMId: UUID | str | None = ...,
        StampId: UUID | str = ...,
        MACAddressesSpoofingEnabled: bool | None = ...,
        SlotId: int | None = ...,
        VLanEnabled: bool | None = ...,
        VLanId: int | None = ...,
        VMNetworkOptimizationEnabled: bool | None = ...,
        VmwAdapterIndex: int | None = ...,
        Accessibility: str | None = ...,
        AddedTime: datetime | str | None = ...,
        ChildObjectIDs: Iterable[UUID | str] = ...,
        Enabled: bool | None = ...,
        IPv4AddressType: str | None = ...,
        IPv6AddressType: str | None = ...,
        IPv4Addresses: Iterable[str] = ...,
        IPv6Addresses: Iterable[str] = ...,
        MACAddress: str | None = ...,
        MACAddressesSpoolingEnabled: bool | None = ...,
        MACAddressSpoofingEnabled: bool | None = ...,
        EnableMACAddressSpoofing: bool | None = ...,
        MACAddressType: str | None = ...,
        ModifiedTime: datetime | str | None = ...,
        ParentId: UUID | str | None = ...,
        RequiredBandwidth: str | None = ...,
        IsSynthetic: bool | None = ...,
    ) -> None: ...

class VirtualSCSIAdapter(Entity):
    ID: Property[UUID, UUID | str]
    Name: Property[str | None, str | None]
    AdapterID: Property[int | None, int | None]
    Bus: Property[int | None, int | None]
    Shared: Property[bool | None, bool | None]
    TemplateId: Property[UUID | None, UUID | str | None]
    VMId: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID, UUID | str]
    SCSIControllerType: Property[str | None, str | None]
    Accessibility: Property[str | None, str | None]
    AddedTime: Property[datetime | None, datetime | str | None]
    Description: Property[str | None, str | None]
    Enabled: Property[bool | None, bool | None]
    ModifiedTime: Property[datetime | None, datetime | str | None]
    def __init__(
        self,
        *,
        ID: UUID | str = ...,
        Name: str | None = ...,
        AdapterID: int | None = ...,
        Bus: int | None = ...,
        Shared: bool | None = ...,
        TemplateId: UUID | str | None = ...,
        VMId: UUID | str | None = ...,
        StampId: UUID | str = ...,
        SCSIControllerType: str | None = ...,
        Accessibility: str | None = ...,
        AddedTime: datetime | str | None = ...,
        Description: str | None = ...,
        Enabled: bool | None = ...,
        ModifiedTime: datetime | str | None = ...,
    ) -> None: ...

class CloudResource(Entity):
    ResourceProviderNamespace: Property[str, str]
    VMRoles: Navigations[VMRole]
    def __init__(
        self,
        *,
        ResourceProviderNamespace: str = ...,
        VMRoles: Iterable[VMRole] = ...,
    ) -> None: ...

class CloudService(Entity):
    Name: Property[str, str]
    Label: Property[str | None, str | None]
    ProvisioningState: Property[str | None, str | None]
    Resources: Navigations[CloudResource]
    def __init__(
        self,
        *,
        Name: str = ...,
        Label: str | None = ...,
        ProvisioningState: str | None = ...,
        Resources: Iterable[CloudResource] = ...,
    ) -> None: ...

class VM(Entity):
    Id: Property[UUID, UUID | str]
    ComputerName: Property[str | None, str | None]
    RuntimeState: Property[str | None, str | None]
    ConnectToAddresses: Complexes[ConnectToAddress]
    Disks: Navigations[VMRoleVMDisk]
    Nics: Navigations[VMRoleVMNic]
    def __init__(
        self,
        *,
        Id: UUID | str = ...,
        ComputerName: str | None = ...,
        RuntimeState: str | None = ...,
        ConnectToAddresses: Iterable[ConnectToAddress | Mapping[str, Any]] = ...,
        Disks: Iterable[VMRoleVMDisk] = ...,
        Nics: Iterable[VMRoleVMNic] = ...,
    ) -> None: ...
    def Start(self) -> None: ...
    def Stop(self) -> None: ...
    def Shutdown(self) -> None: ...
    def Restart(self) -> None: ...

class VMRole(Entity):
    Name: Property[str, str]
    Label: Property[str | None, str | None]
    ResourceDefinition: Structured[VMRoleResourceDefinition, VMRoleResourceDefinition | None]
    ResourceConfiguration: Structured[_ResourceConfigurationType, _ResourceConfigurationType | None]
    ProvisioningState: Property[str | None, str | None]
    Substate: Structured[_SubstateType, _SubstateType | None]
    InstanceView: Structured[_InstanceViewType, _InstanceViewType | None]
    VMs: Navigations[VM]
    def __init__(
        self,
        *,
        Name: str = ...,
        Label: str | None = ...,
        ResourceDefinition: VMRoleResourceDefinition | Mapping[str, Any] | None = ...,
        ResourceConfiguration: _ResourceConfigurationType | Mapping[str, Any] | None = ...,
        ProvisioningState: str | None = ...,
        Substate: _SubstateType | Mapping[str, Any] | None = ...,
        InstanceView: _InstanceViewType | Mapping[str, Any] | None = ...,
        VMs: Iterable[VM] = ...,
    ) -> None: ...
    def Scale(self, InstanceCount: int | None = ...) -> None: ...
    def Repair(self, Skip: bool | None = ...) -> None: ...

class VMRoleVMDisk(Entity):
    Id: Property[UUID, UUID | str]
    DataVirtualHardDiskImage: Property[str | None, str | None]
    DiskLun: Property[int | None, int | None]
    DiskDataFile: Property[str | None, str | None]
    DiskSize: Property[int | None, int | None]
    def __init__(
        self,
        *,
        Id: UUID | str = ...,
        DataVirtualHardDiskImage: str | None = ...,
        DiskLun: int | None = ...,
        DiskDataFile: str | None = ...,
        DiskSize: int | None = ...,
    ) -> None: ...

class VMRoleVMNic(Entity):
    Id: Property[UUID, UUID | str]
    NetworkAdapterName: Property[str | None, str | None]
    CurrentIpAddresses: Values[str, str]
    def __init__(
        self,
        *,
        Id: UUID | str = ...,
        NetworkAdapterName: str | None = ...,
        CurrentIpAddresses: Iterable[str] = ...,
    ) -> None: ...

class CustomProperty(ComplexValue):
    Name: Property[str | None, str | None]
    Value: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Value: str | None = ...,
    ) -> None: ...

class ErrorInfo(ComplexValue):
    CloudProblem: Property[str | None, str | None]
    Code: Property[str | None, str | None]
    DetailedCode: Property[int | None, int | None]
    DetailedErrorCode: Property[str | None, str | None]
    DetailedSource: Property[str | None, str | None]
    DisplayableErrorCode: Property[int | None, int | None]
    ErrorCodeString: Property[str | None, str | None]
    ErrorType: Property[str | None, str | None]
    ExceptionDetails: Property[str | None, str | None]
    IsConditionallyTerminating: Property[bool | None, bool | None]
    IsDeploymentBlocker: Property[bool | None, bool | None]
    IsMomAlert: Property[bool | None, bool | None]
    IsSuccess: Property[bool | None, bool | None]
    IsTerminating: Property[bool | None, bool | None]
    MessageParameters: Property[str | None, str | None]
    MomAlertSeverity: Property[str | None, str | None]
    Problem: Property[str | None, str | None]
    RecommendedAction: Property[str | None, str | None]
    RecommendedActionCLI: Property[str | None, str | None]
    ShowDetailedError: Property[bool | None, bool | None]
    def __init__(
        self,
        *,
        CloudProblem: str | None = ...,
        Code: str | None = ...,
        DetailedCode: int | None = ...,
        DetailedErrorCode: str | None = ...,
        DetailedSource: str | None = ...,
        DisplayableErrorCode: int | None = ...,
        ErrorCodeString: str | None = ...,
        ErrorType: str | None = ...,
        ExceptionDetails: str | None = ...,
        IsConditionallyTerminating: bool | None = ...,
        IsDeploymentBlocker: bool | None = ...,
        IsMomAlert: bool | None = ...,
        IsSuccess: bool | None = ...,
        IsTerminating: bool | None = ...,
        MessageParameters: str | None = ...,
        MomAlertSeverity: str | None = ...,
        Problem: str | None = ...,
        RecommendedAction: str | None = ...,
        RecommendedActionCLI: str | None = ...,
        ShowDetailedError: bool | None = ...,
    ) -> None: ...

class JobDescription(ComplexValue):
    CanSkipLastFailedStep: Property[bool | None, bool | None]
    Code: Property[str | None, str | None]
    DescriptionCodeString: Property[str | None, str | None]
    IsRestartable: Property[bool | None, bool | None]
    IsStoppable: Property[bool | None, bool | None]
    Name: Property[str | None, str | None]
    RequiresCredentialsForRestart: Property[bool | None, bool | None]
    def __init__(
        self,
        *,
        CanSkipLastFailedStep: bool | None = ...,
        Code: str | None = ...,
        DescriptionCodeString: str | None = ...,
        IsRestartable: bool | None = ...,
        IsStoppable: bool | None = ...,
        Name: str | None = ...,
        RequiresCredentialsForRestart: bool | None = ...,
    ) -> None: ...

class NewServiceDeployment(ComplexValue):
    ServiceConfiguration: Structured[ServiceDeploymentConfiguration, ServiceDeploymentConfiguration | None]
    TierConfigurations: Complexes[ServiceTierAndVMConfiguration]
    def __init__(
        self,
        *,
        ServiceConfiguration: ServiceDeploymentConfiguration | Mapping[str, Any] | None = ...,
        TierConfigurations: Iterable[ServiceTierAndVMConfiguration | Mapping[str, Any]] = ...,
    ) -> None: ...

class NewVMVirtualNetworkAdapterInput(ComplexValue):
    VMNetworkName: Property[str | None, str | None]
    MACAddressType: Property[str | None, str | None]
    MACAddress: Property[str | None, str | None]
    IPv4AddressType: Property[str | None, str | None]
    IPv6AddressType: Property[str | None, str | None]
    VLanEnabled: Property[bool | None, bool | None]
    VLanId: Property[int | None, int | None]
    def __init__(
        self,
        *,
        VMNetworkName: str | None = ...,
        MACAddressType: str | None = ...,
        MACAddress: str | None = ...,
        IPv4AddressType: str | None = ...,
        IPv6AddressType: str | None = ...,
        VLanEnabled: bool | None = ...,
        VLanId: int | None = ...,
    ) -> None: ...

class OperatingSystem(ComplexValue):
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    Version: Property[str | None, str | None]
    Architecture: Property[str | None, str | None]
    Edition: Property[str | None, str | None]
    OSType: Property[str | None, str | None]
    ProductType: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Description: str | None = ...,
        Version: str | None = ...,
        Architecture: str | None = ...,
        Edition: str | None = ...,
        OSType: str | None = ...,
        ProductType: str | None = ...,
    ) -> None: ...

class ServiceDeploymentConfiguration(ComplexValue):
    ServiceSettings: Complexes[ServiceSettingsInput]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    CostCenter: Property[str | None, str | None]
    Tag: Property[str | None, str | None]
    Priority: Property[str | None, str | None]
    def __init__(
        self,
        *,
        ServiceSettings: Iterable[ServiceSettingsInput | Mapping[str, Any]] = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        CostCenter: str | None = ...,
        Tag: str | None = ...,
        Priority: str | None = ...,
    ) -> None: ...

class ServiceSetting(ComplexValue):
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    Value: Property[str | None, str | None]
    Mandatory: Property[bool | None, bool | None]
    HasEncryptedValue: Property[bool | None, bool | None]
    IsSecure: Property[bool | None, bool | None]
    GlobalSettingType: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Description: str | None = ...,
        Value: str | None = ...,
        Mandatory: bool | None = ...,
        HasEncryptedValue: bool | None = ...,
        IsSecure: bool | None = ...,
        GlobalSettingType: str | None = ...,
    ) -> None: ...

class ServiceSettingsInput(ComplexValue):
    Name: Property[str | None, str | None]
    Value: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    IsRequired: Property[bool | None, bool | None]
    IsEncrypted: Property[bool | None, bool | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Value: str | None = ...,
        Description: str | None = ...,
        IsRequired: bool | None = ...,
        IsEncrypted: bool | None = ...,
    ) -> None: ...

class ServiceTierAndVMConfiguration(ComplexValue):
    Name: Property[str | None, str | None]
    VMConfigurations: Complexes[VMConfiguration]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        VMConfigurations: Iterable[VMConfiguration | Mapping[str, Any]] = ...,
    ) -> None: ...

class ServicingWindow(ComplexValue):
    Category: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    Owner: Property[str | None, str | None]
    TimeZone: Property[int | None, int | None]
    StartDate: Property[datetime | None, datetime | str | None]
    StartTimeOfDay: Property[str | None, str | None]
    WeeklyScheduleDayOfWeek: Property[str | None, str | None]
    MonthlyScheduleDayOfWeek: Property[str | None, str | None]
    DayOfMonth: Property[str | None, str | None]
    WeekOfMonth: Property[str | None, str | None]
    DaysToRecur: Property[int | None, int | None]
    MonthsToRecur: Property[int | None, int | None]
    WeeksToRecur: Property[int | None, int | None]
    MinutesDuration: Property[int | None, int | None]
    ScheduleType: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Category: str | None = ...,
        Name: str | None = ...,
        Description: str | None = ...,
        Owner: str | None = ...,
        TimeZone: int | None = ...,
        StartDate: datetime | str | None = ...,
        StartTimeOfDay: str | None = ...,
        WeeklyScheduleDayOfWeek: str | None = ...,
        MonthlyScheduleDayOfWeek: str | None = ...,
        DayOfMonth: str | None = ...,
        WeekOfMonth: str | None = ...,
        DaysToRecur: int | None = ...,
        MonthsToRecur: int | None = ...,
        WeeksToRecur: int | None = ...,
        MinutesDuration: int | None = ...,
        ScheduleType: str | None = ...,
    ) -> None: ...

class UserAndRole(ComplexValue):
    UserName: Property[str | None, str | None]
    RoleName: Property[str | None, str | None]
    RoleID: Property[UUID | None, UUID | str | None]
    def __init__(
        self,
        *,
        UserName: str | None = ...,
        RoleName: str | None = ...,
        RoleID: UUID | str | None = ...,
    ) -> None: ...

class UserRoleCloudPermission(ComplexValue):
    StampId: Property[UUID | None, UUID | str | None]
    CloudId: Property[UUID | None, UUID | str | None]
    ExplicitPermission: Values[str, str]
    EffectivePermission: Values[str, str]
    def __init__(
        self,
        *,
        StampId: UUID | str | None = ...,
        CloudId: UUID | str | None = ...,
        ExplicitPermission: Iterable[str] = ...,
        EffectivePermission: Iterable[str] = ...,
    ) -> None: ...

class UserRoleCloudPermissionInput(ComplexValue):
    StampId: Property[UUID | None, UUID | str | None]
    CloudId: Property[UUID | None, UUID | str | None]
    ExplicitPermission: Values[str, str]
    def __init__(
        self,
        *,
        StampId: UUID | str | None = ...,
        CloudId: UUID | str | None = ...,
        ExplicitPermission: Iterable[str] = ...,
    ) -> None: ...

class UserRoleCloudResourceExtension(ComplexValue):
    Name: Property[str | None, str | None]
    Version: Property[str | None, str | None]
    Publisher: Property[str | None, str | None]
    StampId: Property[UUID | None, UUID | str | None]
    ResourceType: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Version: str | None = ...,
        Publisher: str | None = ...,
        StampId: UUID | str | None = ...,
        ResourceType: str | None = ...,
    ) -> None: ...

class UserRoleDataPath(ComplexValue):
    StampId: Property[UUID | None, UUID | str | None]
    DataPath: Property[str | None, str | None]
    def __init__(
        self,
        *,
        StampId: UUID | str | None = ...,
        DataPath: str | None = ...,
    ) -> None: ...

class UserRolePermission(ComplexValue):
    StampId: Property[UUID | None, UUID | str | None]
    Permission: Values[str, str]
    def __init__(
        self,
        *,
        StampId: UUID | str | None = ...,
        Permission: Iterable[str] = ...,
    ) -> None: ...

class UserRoleResource(ComplexValue):
    Resource: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID | None, UUID | str | None]
    ResourceType: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Resource: UUID | str | None = ...,
        StampId: UUID | str | None = ...,
        ResourceType: str | None = ...,
    ) -> None: ...

class UserRoleScope(ComplexValue):
    Scope: Property[UUID | None, UUID | str | None]
    StampId: Property[UUID | None, UUID | str | None]
    ScopeType: Property[str | None, str | None]
    RoleCPUCount: Property[int | None, int | None]
    RoleMemoryMB: Property[int | None, int | None]
    RoleStorageGB: Property[int | None, int | None]
    RoleCustomQuotaCount: Property[int | None, int | None]
    RoleVMCount: Property[int | None, int | None]
    MemberCPUCount: Property[int | None, int | None]
    MemberMemoryMB: Property[int | None, int | None]
    MemberStorageGB: Property[int | None, int | None]
    MemberCustomQuotaCount: Property[int | None, int | None]
    MemberVMCount: Property[int | None, int | None]
    def __init__(
        self,
        *,
        Scope: UUID | str | None = ...,
        StampId: UUID | str | None = ...,
        ScopeType: str | None = ...,
        RoleCPUCount: int | None = ...,
        RoleMemoryMB: int | None = ...,
        RoleStorageGB: int | None = ...,
        RoleCustomQuotaCount: int | None = ...,
        RoleVMCount: int | None = ...,
        MemberCPUCount: int | None = ...,
        MemberMemoryMB: int | None = ...,
        MemberStorageGB: int | None = ...,
        MemberCustomQuotaCount: int | None = ...,
        MemberVMCount: int | None = ...,
    ) -> None: ...

class VMConfiguration(ComplexValue):
    VMName: Property[str | None, str | None]
    ComputerName: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    CostCenter: Property[str | None, str | None]
    Tag: Property[str | None, str | None]
    def __init__(
        self,
        *,
        VMName: str | None = ...,
        ComputerName: str | None = ...,
        Description: str | None = ...,
        CostCenter: str | None = ...,
        Tag: str | None = ...,
    ) -> None: ...

class VMNetworkAssignment(ComplexValue):
    VirtualNetworkAdapterID: Property[UUID | None, UUID | str | None]
    VMNetworkName: Property[str | None, str | None]
    def __init__(
        self,
        *,
        VirtualNetworkAdapterID: UUID | str | None = ...,
        VMNetworkName: str | None = ...,
    ) -> None: ...

class VMNetworkQuota(ComplexValue):
    StampId: Property[UUID | None, UUID | str | None]
    VMNetworkMaximum: Property[int | None, int | None]
    VMNetworkMaximumPerUser: Property[int | None, int | None]
    VPNConnectionMaximum: Property[int | None, int | None]
    VPNConnectionMaximumPerUser: Property[int | None, int | None]
    VMNetworkVPNMaximumBandwidthInKbps: Property[Decimal | None, Decimal | int | str | None]
    VMNetworkVPNMaximumBandwidthOutKbps: Property[Decimal | None, Decimal | int | str | None]
    RemoveVMNetworkMaximum: Property[bool | None, bool | None]
    RemoveVMNetworkMaximumPerUser: Property[bool | None, bool | None]
    RemoveVPNConnectionMaximum: Property[bool | None, bool | None]
    RemoveVPNConnectionMaximumPerUser: Property[bool | None, bool | None]
    RemoveVMNetworkVPNMaximumBandwidthIn: Property[bool | None, bool | None]
    RemoveVMNetworkVPNMaximumBandwidthOut: Property[bool | None, bool | None]
    def __init__(
        self,
        *,
        StampId: UUID | str | None = ...,
        VMNetworkMaximum: int | None = ...,
        VMNetworkMaximumPerUser: int | None = ...,
        VPNConnectionMaximum: int | None = ...,
        VPNConnectionMaximumPerUser: int | None = ...,
        VMNetworkVPNMaximumBandwidthInKbps: Decimal | int | str | None = ...,
        VMNetworkVPNMaximumBandwidthOutKbps: Decimal | int | str | None = ...,
        RemoveVMNetworkMaximum: bool | None = ...,
        RemoveVMNetworkMaximumPerUser: bool | None = ...,
        RemoveVPNConnectionMaximum: bool | None = ...,
        RemoveVPNConnectionMaximumPerUser: bool | None = ...,
        RemoveVMNetworkVPNMaximumBandwidthIn: bool | None = ...,
        RemoveVMNetworkVPNMaximumBandwidthOut: bool | None = ...,
    ) -> None: ...

class ConnectToAddress(ComplexValue):
    IPAddress: Property[str | None, str | None]
    NetworkName: Property[str | None, str | None]
    Port: Property[int | None, int | None]
    def __init__(
        self,
        *,
        IPAddress: str | None = ...,
        NetworkName: str | None = ...,
        Port: int | None = ...,
    ) -> None: ...

class DataVirtualHardDisk(ComplexValue):
    DataVirtualHardDiskImage: Property[str | None, str | None]
    Lun: Property[str | None, str | None]
    def __init__(
        self,
        *,
        DataVirtualHardDiskImage: str | None = ...,
        Lun: str | None = ...,
    ) -> None: ...

class DomainJoin(ComplexValue):
    DomainToJoin: Property[str | None, str | None]
    DomainJoinCredentials: Property[str | None, str | None]
    def __init__(
        self,
        *,
        DomainToJoin: str | None = ...,
        DomainJoinCredentials: str | None = ...,
    ) -> None: ...

class IPAddress(ComplexValue):
    AllocationMethod: Property[str | None, str | None]
    Type: Property[str | None, str | None]
    ConfigurationName: Property[str | None, str | None]
    LoadBalancerConfigurations: Complexes[LoadBalancerConfiguration]
    def __init__(
        self,
        *,
        AllocationMethod: str | None = ...,
        Type: str | None = ...,
        ConfigurationName: str | None = ...,
        LoadBalancerConfigurations: Iterable[LoadBalancerConfiguration | Mapping[str, Any]] = ...,
    ) -> None: ...

class InstanceView(ComplexValue):
    VIPs: Complexes[VMRoleVIP]
    InstanceCount: Property[int | None, int | None]
    ResolvedResourceDefinition: Structured[VMRoleResourceDefinition, VMRoleResourceDefinition | None]
    def __init__(
        self,
        *,
        VIPs: Iterable[VMRoleVIP | Mapping[str, Any]] = ...,
        InstanceCount: int | None = ...,
        ResolvedResourceDefinition: VMRoleResourceDefinition | Mapping[str, Any] | None = ...,
    ) -> None: ...

class IntrinsicSettings(ComplexValue):
    ScaleOutSettings: Structured[ScaleOutSetting, ScaleOutSetting | None]
    HardwareProfile: Structured[ResDefHardwareProfile, ResDefHardwareProfile | None]
    StorageProfile: Structured[_StorageProfileType, _StorageProfileType | None]
    OperatingSystemProfile: Structured[OSProfile, OSProfile | None]
    NetworkProfile: Structured[_NetworkProfileType, _NetworkProfileType | None]
    def __init__(
        self,
        *,
        ScaleOutSettings: ScaleOutSetting | Mapping[str, Any] | None = ...,
        HardwareProfile: ResDefHardwareProfile | Mapping[str, Any] | None = ...,
        StorageProfile: _StorageProfileType | Mapping[str, Any] | None = ...,
        OperatingSystemProfile: OSProfile | Mapping[str, Any] | None = ...,
        NetworkProfile: _NetworkProfileType | Mapping[str, Any] | None = ...,
    ) -> None: ...

class LinuxOperatingSystemProfile(ComplexValue):
    DNSDomainName: Property[str | None, str | None]
    SSHPublicKey: Property[str | None, str | None]
    def __init__(
        self,
        *,
        DNSDomainName: str | None = ...,
        SSHPublicKey: str | None = ...,
    ) -> None: ...

class LoadBalancerConfiguration(ComplexValue):
    ConfigurationName: Property[str | None, str | None]
    FrontEndNetwork: Property[str | None, str | None]
    PortConfig: Structured[PortConfiguration, PortConfiguration | None]
    Probe: Structured[_ProbeType, _ProbeType | None]
    def __init__(
        self,
        *,
        ConfigurationName: str | None = ...,
        FrontEndNetwork: str | None = ...,
        PortConfig: PortConfiguration | Mapping[str, Any] | None = ...,
        Probe: _ProbeType | Mapping[str, Any] | None = ...,
    ) -> None: ...

class NetworkAdapter(ComplexValue):
    Name: Property[str | None, str | None]
    NetworkRef: Property[str | None, str | None]
    IPAddresses: Complexes[IPAddress]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        NetworkRef: str | None = ...,
        IPAddresses: Iterable[IPAddress | Mapping[str, Any]] = ...,
    ) -> None: ...

class NetworkProfile(ComplexValue):
    NetworkAdapters: Complexes[NetworkAdapter]
    def __init__(
        self,
        *,
        NetworkAdapters: Iterable[NetworkAdapter | Mapping[str, Any]] = ...,
    ) -> None: ...

class OSProfile(ComplexValue):
    ComputerNamePattern: Property[str | None, str | None]
    TimeZone: Property[str | None, str | None]
    AdminCredential: Property[str | None, str | None]
    WindowsOperatingSystemProfile: Structured[_WindowsOperatingSystemProfileType, _WindowsOperatingSystemProfileType | None]
    LinuxOperatingSystemProfile: Structured[_LinuxOperatingSystemProfileType, _LinuxOperatingSystemProfileType | None]
    def __init__(
        self,
        *,
        ComputerNamePattern: str | None = ...,
        TimeZone: str | None = ...,
        AdminCredential: str | None = ...,
        WindowsOperatingSystemProfile: _WindowsOperatingSystemProfileType | Mapping[str, Any] | None = ...,
        LinuxOperatingSystemProfile: _LinuxOperatingSystemProfileType | Mapping[str, Any] | None = ...,
    ) -> None: ...

class PortConfiguration(ComplexValue):
    Name: Property[str | None, str | None]
    Protocol: Property[str | None, str | None]
    FrontEndPort: Property[str | None, str | None]
    BackEndPort: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Protocol: str | None = ...,
        FrontEndPort: str | None = ...,
        BackEndPort: str | None = ...,
    ) -> None: ...

class Probe(ComplexValue):
    ProbeIntervalInSeconds: Property[str | None, str | None]
    Protocol: Property[str | None, str | None]
    Port: Property[str | None, str | None]
    MaxRetryCount: Property[str | None, str | None]
    RequestPath: Property[str | None, str | None]
    def __init__(
        self,
        *,
        ProbeIntervalInSeconds: str | None = ...,
        Protocol: str | None = ...,
        Port: str | None = ...,
        MaxRetryCount: str | None = ...,
        RequestPath: str | None = ...,
    ) -> None: ...

class ResDefHardwareProfile(ComplexValue):
    VMSize: Property[str | None, str | None]
    def __init__(
        self,
        *,
        VMSize: str | None = ...,
    ) -> None: ...

class ResourceConfiguration(ComplexValue):
    Version: Property[str | None, str | None]
    ParameterValues: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Version: str | None = ...,
        ParameterValues: str | None = ...,
    ) -> None: ...

class ResourceExtensionReference(ComplexValue):
    ReferenceName: Property[str | None, str | None]
    Name: Property[str | None, str | None]
    Version: Property[str | None, str | None]
    Publisher: Property[str | None, str | None]
    ResourceExtensionParameterValues: Property[str | None, str | None]
    def __init__(
        self,
        *,
        ReferenceName: str | None = ...,
        Name: str | None = ...,
        Version: str | None = ...,
        Publisher: str | None = ...,
        ResourceExtensionParameterValues: str | None = ...,
    ) -> None: ...

class ResourceParameter(ComplexValue):
    Name: Property[str | None, str | None]
    Type: Property[str | None, str | None]
    Description: Property[str | None, str | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Type: str | None = ...,
        Description: str | None = ...,
    ) -> None: ...

class ScaleOutSetting(ComplexValue):
    InitialInstanceCount: Property[str | None, str | None]
    MaximumInstanceCount: Property[str | None, str | None]
    MinimumInstanceCount: Property[str | None, str | None]
    UpgradeDomainCount: Property[str | None, str | None]
    def __init__(
        self,
        *,
        InitialInstanceCount: str | None = ...,
        MaximumInstanceCount: str | None = ...,
        MinimumInstanceCount: str | None = ...,
        UpgradeDomainCount: str | None = ...,
    ) -> None: ...

class StorageProfile(ComplexValue):
    OSVirtualHardDiskImage: Property[str | None, str | None]
    DataVirtualHardDisks: Complexes[DataVirtualHardDisk]
    def __init__(
        self,
        *,
        OSVirtualHardDiskImage: str | None = ...,
        DataVirtualHardDisks: Iterable[DataVirtualHardDisk | Mapping[str, Any]] = ...,
    ) -> None: ...

class Substate(ComplexValue):
    VMRoleMessages: Complexes[VMRoleMessage]
    def __init__(
        self,
        *,
        VMRoleMessages: Iterable[VMRoleMessage | Mapping[str, Any]] = ...,
    ) -> None: ...

class VMRoleMessage(ComplexValue):
    VMId: Property[UUID | None, UUID | str | None]
    MessageQualifier: Property[str | None, str | None]
    Message: Property[str | None, str | None]
    def __init__(
        self,
        *,
        VMId: UUID | str | None = ...,
        MessageQualifier: str | None = ...,
        Message: str | None = ...,
    ) -> None: ...

class VMRoleResourceDefinition(ComplexValue):
    Name: Property[str | None, str | None]
    Version: Property[str | None, str | None]
    Publisher: Property[str | None, str | None]
    SchemaVersion: Property[str | None, str | None]
    Type: Property[str | None, str | None]
    ResourceParameters: Complexes[ResourceParameter]
    ResourceExtensionReferences: Complexes[ResourceExtensionReference]
    IntrinsicSettings: Structured[_IntrinsicSettingsType, _IntrinsicSettingsType | None]
    def __init__(
        self,
        *,
        Name: str | None = ...,
        Version: str | None = ...,
        Publisher: str | None = ...,
        SchemaVersion: str | None = ...,
        Type: str | None = ...,
        ResourceParameters: Iterable[ResourceParameter | Mapping[str, Any]] = ...,
        ResourceExtensionReferences: Iterable[ResourceExtensionReference | Mapping[str, Any]] = ...,
        IntrinsicSettings: _IntrinsicSettingsType | Mapping[str, Any] | None = ...,
    ) -> None: ...

class VMRoleVIP(ComplexValue):
    NetworkAdapterName: Property[str | None, str | None]
    LoadbalancerConfigurationName: Property[str | None, str | None]
    VIP: Property[str | None, str | None]
    def __init__(
        self,
        *,
        NetworkAdapterName: str | None = ...,
        LoadbalancerConfigurationName: str | None = ...,
        VIP: str | None = ...,
    ) -> None: ...

class WindowsOperatingSystemProfile(ComplexValue):
    WorkgroupName: Property[str | None, str | None]
    DomainJoin: Structured[_DomainJoinType, _DomainJoinType | None]
    def __init__(
        self,
        *,
        WorkgroupName: str | None = ...,
        DomainJoin: _DomainJoinType | Mapping[str, Any] | None = ...,
    ) -> None: ...

class _Types(Namespace):
    __getattr__: ClassVar[None]  # type: ignore[assignment, misc]
    ApplicationHost: type[_ApplicationHostType]
    ApplicationHostTemplate: type[_ApplicationHostTemplateType]
    BGPPeer: type[_BGPPeerType]
    BasicStatistics: type[_BasicStatisticsType]
    CapabilityProfile: type[_CapabilityProfileType]
    Cloud: type[_CloudType]
    CloudCapacity: type[_CloudCapacityType]
    ComputerTier: type[_ComputerTierType]
    ComputerTierTemplate: type[_ComputerTierTemplateType]
    GuestInfo: type[_GuestInfoType]
    HardwareProfile: type[_HardwareProfileType]
    ISO: type[_ISOType]
    Job: type[_JobType]
    LibraryShare: type[_LibraryShareType]
    LogicalNetwork: type[_LogicalNetworkType]
    NATConnection: type[_NATConnectionType]
    NATRule: type[_NATRuleType]
    PerformanceData: type[_PerformanceDataType]
    QuotaAndUsageComponent: type[_QuotaAndUsageComponentType]
    RunAsAccount: type[_RunAsAccountType]
    Service: type[_ServiceType]
    ServiceTemplate: type[_ServiceTemplateType]
    StaticIPAddressPool: type[_StaticIPAddressPoolType]
    UserRole: type[_UserRoleType]
    VMCheckPoint: type[_VMCheckPointType]
    VMNetwork: type[_VMNetworkType]
    VMNetworkGateway: type[_VMNetworkGatewayType]
    VMRoleSizeProfile: type[_VMRoleSizeProfileType]
    VMSubnet: type[_VMSubnetType]
    VMTemplate: type[_VMTemplateType]
    VPNConnection: type[_VPNConnectionType]
    VPNNetworkRoute: type[_VPNNetworkRouteType]
    VirtualDVDDrive: type[_VirtualDVDDriveType]
    VirtualDiskDrive: type[_VirtualDiskDriveType]
    VirtualHardDisk: type[_VirtualHardDiskType]
    VirtualMachine: type[_VirtualMachineType]
    VirtualNetworkAdapter: type[_VirtualNetworkAdapterType]
    VirtualSCSIAdapter: type[_VirtualSCSIAdapterType]
    CloudResource: type[_CloudResourceType]
    CloudService: type[_CloudServiceType]
    VM: type[_VMType]
    VMRole: type[_VMRoleType]
    VMRoleVMDisk: type[_VMRoleVMDiskType]
    VMRoleVMNic: type[_VMRoleVMNicType]
    CustomProperty: type[_CustomPropertyType]
    ErrorInfo: type[_ErrorInfoType]
    JobDescription: type[_JobDescriptionType]
    NewServiceDeployment: type[_NewServiceDeploymentType]
    NewVMVirtualNetworkAdapterInput: type[_NewVMVirtualNetworkAdapterInputType]
    OperatingSystem: type[_OperatingSystemType]
    ServiceDeploymentConfiguration: type[_ServiceDeploymentConfigurationType]
    ServiceSetting: type[_ServiceSettingType]
    ServiceSettingsInput: type[_ServiceSettingsInputType]
    ServiceTierAndVMConfiguration: type[_ServiceTierAndVMConfigurationType]
    ServicingWindow: type[_ServicingWindowType]
    UserAndRole: type[_UserAndRoleType]
    UserRoleCloudPermission: type[_UserRoleCloudPermissionType]
    UserRoleCloudPermissionInput: type[_UserRoleCloudPermissionInputType]
    UserRoleCloudResourceExtension: type[_UserRoleCloudResourceExtensionType]
    UserRoleDataPath: type[_UserRoleDataPathType]
    UserRolePermission: type[_UserRolePermissionType]
    UserRoleResource: type[_UserRoleResourceType]
    UserRoleScope: type[_UserRoleScopeType]
    VMConfiguration: type[_VMConfigurationType]
    VMNetworkAssignment: type[_VMNetworkAssignmentType]
    VMNetworkQuota: type[_VMNetworkQuotaType]
    ConnectToAddress: type[_ConnectToAddressType]
    DataVirtualHardDisk: type[_DataVirtualHardDiskType]
    DomainJoin: type[_DomainJoinType]
    IPAddress: type[_IPAddressType]
    InstanceView: type[_InstanceViewType]
    IntrinsicSettings: type[_IntrinsicSettingsType]
    LinuxOperatingSystemProfile: type[_LinuxOperatingSystemProfileType]
    LoadBalancerConfiguration: type[_LoadBalancerConfigurationType]
    NetworkAdapter: type[_NetworkAdapterType]
    NetworkProfile: type[_NetworkProfileType]
    OSProfile: type[_OSProfileType]
    PortConfiguration: type[_PortConfigurationType]
    Probe: type[_ProbeType]
    ResDefHardwareProfile: type[_ResDefHardwareProfileType]
    ResourceConfiguration: type[_ResourceConfigurationType]
    ResourceExtensionReference: type[_ResourceExtensionReferenceType]
    ResourceParameter: type[_ResourceParameterType]
    ScaleOutSetting: type[_ScaleOutSettingType]
    StorageProfile: type[_StorageProfileType]
    Substate: type[_SubstateType]
    VMRoleMessage: type[_VMRoleMessageType]
    VMRoleResourceDefinition: type[_VMRoleResourceDefinitionType]
    VMRoleVIP: type[_VMRoleVIPType]
    WindowsOperatingSystemProfile: type[_WindowsOperatingSystemProfileType]

class _Functions(Functions):
    __getattr__: ClassVar[None]  # type: ignore[assignment, misc]

class VMMContext(DataServiceContext):
    __getattr__: ClassVar[None]  # type: ignore[assignment, misc]
    PerformanceData: DataServiceQuery[_PerformanceDataType]
    GuestInfos: DataServiceQuery[GuestInfo]
    UserRoles: DataServiceQuery[UserRole]
    VirtualMachines: DataServiceQuery[VirtualMachine]
    VirtualDVDDrives: DataServiceQuery[VirtualDVDDrive]
    VirtualHardDisks: DataServiceQuery[VirtualHardDisk]
    VMTemplates: DataServiceQuery[VMTemplate]
    VirtualNetworkAdapters: DataServiceQuery[VirtualNetworkAdapter]
    VirtualSCSIAdapters: DataServiceQuery[VirtualSCSIAdapter]
    ISOs: DataServiceQuery[ISO]
    LogicalNetworks: DataServiceQuery[LogicalNetwork]
    Jobs: DataServiceQuery[Job]
    CapabilityProfiles: DataServiceQuery[CapabilityProfile]
    Clouds: DataServiceQuery[Cloud]
    VirtualDiskDrives: DataServiceQuery[VirtualDiskDrive]
    VMCheckPoints: DataServiceQuery[VMCheckPoint]
    ServiceTemplates: DataServiceQuery[ServiceTemplate]
    Services: DataServiceQuery[Service]
    ComputerTierTemplates: DataServiceQuery[ComputerTierTemplate]
    ComputerTiers: DataServiceQuery[ComputerTier]
    LibraryShares: DataServiceQuery[LibraryShare]
    ApplicationHosts: DataServiceQuery[ApplicationHost]
    ApplicationHostTemplates: DataServiceQuery[ApplicationHostTemplate]
    VMNetworks: DataServiceQuery[VMNetwork]
    QuotaAndUsageComponents: DataServiceQuery[QuotaAndUsageComponent]
    StaticIPAddressPools: DataServiceQuery[StaticIPAddressPool]
    VMSubnets: DataServiceQuery[VMSubnet]
    HardwareProfiles: DataServiceQuery[HardwareProfile]
    RunAsAccounts: DataServiceQuery[RunAsAccount]
    BasicStatistics: DataServiceQuery[_BasicStatisticsType]
    CloudCapacities: DataServiceQuery[CloudCapacity]
    VMNetworkGateways: DataServiceQuery[VMNetworkGateway]
    VPNConnections: DataServiceQuery[VPNConnection]
    NATConnections: DataServiceQuery[NATConnection]
    NATRules: DataServiceQuery[NATRule]
    BGPPeers: DataServiceQuery[BGPPeer]
    VPNNetworkRoutes: DataServiceQuery[VPNNetworkRoute]
    VMRoleSizeProfiles: DataServiceQuery[VMRoleSizeProfile]
    CloudServices: DataServiceQuery[CloudService]
    CloudResource: DataServiceQuery[_CloudResourceType]
    VMRole: DataServiceQuery[_VMRoleType]
    VM: DataServiceQuery[_VMType]
    VMRoleVMDisk: DataServiceQuery[_VMRoleVMDiskType]
    VMRoleVMNic: DataServiceQuery[_VMRoleVMNicType]
    def add_to_PerformanceData(self, entity: _PerformanceDataType) -> None: ...
    def add_to_GuestInfos(self, entity: GuestInfo) -> None: ...
    def add_to_UserRoles(self, entity: UserRole) -> None: ...
    def add_to_VirtualMachines(self, entity: VirtualMachine) -> None: ...
    def add_to_VirtualDVDDrives(self, entity: VirtualDVDDrive) -> None: ...
    def add_to_VirtualHardDisks(self, entity: VirtualHardDisk) -> None: ...
    def add_to_VMTemplates(self, entity: VMTemplate) -> None: ...
    def add_to_VirtualNetworkAdapters(self, entity: VirtualNetworkAdapter) -> None: ...
    def add_to_VirtualSCSIAdapters(self, entity: VirtualSCSIAdapter) -> None: ...
    def add_to_ISOs(self, entity: ISO) -> None: ...
    def add_to_LogicalNetworks(self, entity: LogicalNetwork) -> None: ...
    def add_to_Jobs(self, entity: Job) -> None: ...
    def add_to_CapabilityProfiles(self, entity: CapabilityProfile) -> None: ...
    def add_to_Clouds(self, entity: Cloud) -> None: ...
    def add_to_VirtualDiskDrives(self, entity: VirtualDiskDrive) -> None: ...
    def add_to_VMCheckPoints(self, entity: VMCheckPoint) -> None: ...
    def add_to_ServiceTemplates(self, entity: ServiceTemplate) -> None: ...
    def add_to_Services(self, entity: Service) -> None: ...
    def add_to_ComputerTierTemplates(self, entity: ComputerTierTemplate) -> None: ...
    def add_to_ComputerTiers(self, entity: ComputerTier) -> None: ...
    def add_to_LibraryShares(self, entity: LibraryShare) -> None: ...
    def add_to_ApplicationHosts(self, entity: ApplicationHost) -> None: ...
    def add_to_ApplicationHostTemplates(self, entity: ApplicationHostTemplate) -> None: ...
    def add_to_VMNetworks(self, entity: VMNetwork) -> None: ...
    def add_to_QuotaAndUsageComponents(self, entity: QuotaAndUsageComponent) -> None: ...
    def add_to_StaticIPAddressPools(self, entity: StaticIPAddressPool) -> None: ...
    def add_to_VMSubnets(self, entity: VMSubnet) -> None: ...
    def add_to_HardwareProfiles(self, entity: HardwareProfile) -> None: ...
    def add_to_RunAsAccounts(self, entity: RunAsAccount) -> None: ...
    def add_to_BasicStatistics(self, entity: _BasicStatisticsType) -> None: ...
    def add_to_CloudCapacities(self, entity: CloudCapacity) -> None: ...
    def add_to_VMNetworkGateways(self, entity: VMNetworkGateway) -> None: ...
    def add_to_VPNConnections(self, entity: VPNConnection) -> None: ...
    def add_to_NATConnections(self, entity: NATConnection) -> None: ...
    def add_to_NATRules(self, entity: NATRule) -> None: ...
    def add_to_BGPPeers(self, entity: BGPPeer) -> None: ...
    def add_to_VPNNetworkRoutes(self, entity: VPNNetworkRoute) -> None: ...
    def add_to_VMRoleSizeProfiles(self, entity: VMRoleSizeProfile) -> None: ...
    def add_to_CloudServices(self, entity: CloudService) -> None: ...
    def add_to_CloudResource(self, entity: _CloudResourceType) -> None: ...
    def add_to_VMRole(self, entity: _VMRoleType) -> None: ...
    def add_to_VM(self, entity: _VMType) -> None: ...
    def add_to_VMRoleVMDisk(self, entity: _VMRoleVMDiskType) -> None: ...
    def add_to_VMRoleVMNic(self, entity: _VMRoleVMNicType) -> None: ...
    @overload
    def __getitem__(self, name: Literal["PerformanceData"]) -> DataServiceQuery[_PerformanceDataType]: ...
    @overload
    def __getitem__(self, name: Literal["GuestInfos"]) -> DataServiceQuery[GuestInfo]: ...
    @overload
    def __getitem__(self, name: Literal["UserRoles"]) -> DataServiceQuery[UserRole]: ...
    @overload
    def __getitem__(self, name: Literal["VirtualMachines"]) -> DataServiceQuery[VirtualMachine]: ...
    @overload
    def __getitem__(self, name: Literal["VirtualDVDDrives"]) -> DataServiceQuery[VirtualDVDDrive]: ...
    @overload
    def __getitem__(self, name: Literal["VirtualHardDisks"]) -> DataServiceQuery[VirtualHardDisk]: ...
    @overload
    def __getitem__(self, name: Literal["VMTemplates"]) -> DataServiceQuery[VMTemplate]: ...
    @overload
    def __getitem__(self, name: Literal["VirtualNetworkAdapters"]) -> DataServiceQuery[VirtualNetworkAdapter]: ...
    @overload
    def __getitem__(self, name: Literal["VirtualSCSIAdapters"]) -> DataServiceQuery[VirtualSCSIAdapter]: ...
    @overload
    def __getitem__(self, name: Literal["ISOs"]) -> DataServiceQuery[ISO]: ...
    @overload
    def __getitem__(self, name: Literal["LogicalNetworks"]) -> DataServiceQuery[LogicalNetwork]: ...
    @overload
    def __getitem__(self, name: Literal["Jobs"]) -> DataServiceQuery[Job]: ...
    @overload
    def __getitem__(self, name: Literal["CapabilityProfiles"]) -> DataServiceQuery[CapabilityProfile]: ...
    @overload
    def __getitem__(self, name: Literal["Clouds"]) -> DataServiceQuery[Cloud]: ...
    @overload
    def __getitem__(self, name: Literal["VirtualDiskDrives"]) -> DataServiceQuery[VirtualDiskDrive]: ...
    @overload
    def __getitem__(self, name: Literal["VMCheckPoints"]) -> DataServiceQuery[VMCheckPoint]: ...
    @overload
    def __getitem__(self, name: Literal["ServiceTemplates"]) -> DataServiceQuery[ServiceTemplate]: ...
    @overload
    def __getitem__(self, name: Literal["Services"]) -> DataServiceQuery[Service]: ...
    @overload
    def __getitem__(self, name: Literal["ComputerTierTemplates"]) -> DataServiceQuery[ComputerTierTemplate]: ...
    @overload
    def __getitem__(self, name: Literal["ComputerTiers"]) -> DataServiceQuery[ComputerTier]: ...
    @overload
    def __getitem__(self, name: Literal["LibraryShares"]) -> DataServiceQuery[LibraryShare]: ...
    @overload
    def __getitem__(self, name: Literal["ApplicationHosts"]) -> DataServiceQuery[ApplicationHost]: ...
    @overload
    def __getitem__(self, name: Literal["ApplicationHostTemplates"]) -> DataServiceQuery[ApplicationHostTemplate]: ...
    @overload
    def __getitem__(self, name: Literal["VMNetworks"]) -> DataServiceQuery[VMNetwork]: ...
    @overload
    def __getitem__(self, name: Literal["QuotaAndUsageComponents"]) -> DataServiceQuery[QuotaAndUsageComponent]: ...
    @overload
    def __getitem__(self, name: Literal["StaticIPAddressPools"]) -> DataServiceQuery[StaticIPAddressPool]: ...
    @overload
    def __getitem__(self, name: Literal["VMSubnets"]) -> DataServiceQuery[VMSubnet]: ...
    @overload
    def __getitem__(self, name: Literal["HardwareProfiles"]) -> DataServiceQuery[HardwareProfile]: ...
    @overload
    def __getitem__(self, name: Literal["RunAsAccounts"]) -> DataServiceQuery[RunAsAccount]: ...
    @overload
    def __getitem__(self, name: Literal["BasicStatistics"]) -> DataServiceQuery[_BasicStatisticsType]: ...
    @overload
    def __getitem__(self, name: Literal["CloudCapacities"]) -> DataServiceQuery[CloudCapacity]: ...
    @overload
    def __getitem__(self, name: Literal["VMNetworkGateways"]) -> DataServiceQuery[VMNetworkGateway]: ...
    @overload
    def __getitem__(self, name: Literal["VPNConnections"]) -> DataServiceQuery[VPNConnection]: ...
    @overload
    def __getitem__(self, name: Literal["NATConnections"]) -> DataServiceQuery[NATConnection]: ...
    @overload
    def __getitem__(self, name: Literal["NATRules"]) -> DataServiceQuery[NATRule]: ...
    @overload
    def __getitem__(self, name: Literal["BGPPeers"]) -> DataServiceQuery[BGPPeer]: ...
    @overload
    def __getitem__(self, name: Literal["VPNNetworkRoutes"]) -> DataServiceQuery[VPNNetworkRoute]: ...
    @overload
    def __getitem__(self, name: Literal["VMRoleSizeProfiles"]) -> DataServiceQuery[VMRoleSizeProfile]: ...
    @overload
    def __getitem__(self, name: Literal["CloudServices"]) -> DataServiceQuery[CloudService]: ...
    @overload
    def __getitem__(self, name: Literal["CloudResource"]) -> DataServiceQuery[_CloudResourceType]: ...
    @overload
    def __getitem__(self, name: Literal["VMRole"]) -> DataServiceQuery[_VMRoleType]: ...
    @overload
    def __getitem__(self, name: Literal["VM"]) -> DataServiceQuery[_VMType]: ...
    @overload
    def __getitem__(self, name: Literal["VMRoleVMDisk"]) -> DataServiceQuery[_VMRoleVMDiskType]: ...
    @overload
    def __getitem__(self, name: Literal["VMRoleVMNic"]) -> DataServiceQuery[_VMRoleVMNicType]: ...
    @overload
    def __getitem__(self, name: str) -> DataServiceQuery[Any]: ...
    @property
    def functions(self) -> _Functions: ...
    @property
    def types(self) -> _Types: ...
