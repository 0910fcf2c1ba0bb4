/// Every instruction of a pickle that is carried out; any other byte is refused.
///
/// The names are those of Python's `pickletools`. What could call something of a file's choosing is not among them: INST, OBJ,
/// NEWOBJ, NEWOBJ_EX, EXT1 to EXT4, PERSID, NEXT_BUFFER. REDUCE and BUILD work on the values of `PickleName` only.
enum PickleOpcode: UInt8 {
  case mark = 0x28  // (
  case stop = 0x2E  // .
  case pop = 0x30  // 0
  case binFloat = 0x47  // G
  case binInt = 0x4A  // J
  case binInt1 = 0x4B  // K
  case binInt2 = 0x4D  // M
  case none = 0x4E  // N
  case binPersistentID = 0x51  // Q
  case reduce = 0x52  // R
  case binUnicode = 0x58  // X
  case append = 0x61  // a
  case build = 0x62  // b
  case global = 0x63  // c
  case appends = 0x65  // e
  case binGet = 0x68  // h
  case longBinGet = 0x6A  // j
  case binPut = 0x71  // q
  case longBinPut = 0x72  // r
  case setItem = 0x73  // s
  case tuple = 0x74  // t
  case setItems = 0x75  // u
  case emptyDictionary = 0x7D  // }
  case emptyList = 0x5D  // ]
  case emptyTuple = 0x29  // )
  case shortBinBytes = 0x43  // C
  case binBytes = 0x42  // B
  case protocolNumber = 0x80
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case newTrue = 0x88
  case newFalse = 0x89
  case long1 = 0x8A
  case long4 = 0x8B
  case shortBinUnicode = 0x8C
  case binUnicode8 = 0x8D
  case binBytes8 = 0x8E
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95
  case byteArray8 = 0x96
}
