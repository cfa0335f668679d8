package cluster

// CgroupName lets the tests of a cluster's life look for its cgroups.
var CgroupName = cgroupName
