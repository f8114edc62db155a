"""What the columns of rosters are called, in Chinese and English, as employers, dispatch agencies and their programs write them."""

from __future__ import annotations

from guildhall.registry.engine.cells.header import Vocabulary
from guildhall.registry.engine.roster.rows import FIELDS, REQUIRED

NAMES: dict[str, tuple[str, ...]] = {
    "name": tuple("姓名 员工姓名 职工姓名 人员姓名 劳动者姓名 工人姓名 姓名全称 名字 fullname employeename workername 姓名name".split()),
    "identity_number": tuple(
        (
            "身份证号 身份证号码 公民身份号码 居民身份证号码 居民身份证号 公民身份证号码 公民身份证号 居民身份号码 "
            "社会保障号码 社会保障号 身份证 身份证件号码 身份证件号 证件号码 证件号 有效证件号码 身份证明号码 idno idnumber "
            "identitynumber identityno nationalid idcard idcardno residentidnumber identitycard identitycardnumber"
        ).split()
    ),
    "sex": tuple("性别 gender sex".split()),
    "birth": tuple("出生日期 出生年月日 出生年月 出生时间 生日 dateofbirth birthdate dob birthday birthmonth".split()),
    "phone": tuple(
        (
            "手机号 手机号码 移动电话 手机 联系手机 本人手机 联系电话 联系方式 本人联系电话 电话号码 电话 mobile mobilephone "
            "mobileno mobilenumber cellphone phonenumber telephone tel contactnumber"
        ).split()
    ),
    "education": tuple("学历 文化程度 最高学历 学历层次 受教育程度 文化水平 educationlevel degree schooling".split()),
    "migrant": tuple("农民工 是否农民工 农民工类型 农民工类别 migrantworker".split()),
    "residence": tuple(
        (
            "常住地 居住地 常住地址 居住地址 现居住地 现居住地址 现住址 现住地 居住地点 住址 家庭住址 家庭地址 联系地址 "
            "通讯地址 地址 homeaddress address livesin placeofresidence"
        ).split()
    ),
    "district": tuple("区县 常住区县 居住区县 所在区县 居住地区县 区县名称 所属区县 区 district".split()),
    "township": tuple(
        (
            "街道乡镇 街道(乡镇) 乡镇街道 乡镇(街道) 镇街 街镇 街道 乡镇 常住街道 居住街道 常住街道乡镇 居住镇街 所在街道 "
            "所属街道 township subdistrict street"
        ).split()
    ),
    "occupation": tuple(
        ("职业工种 职业(工种) 职业名称 职业 工种 工种名称 职业/工种 从事职业 从事工种 现从事工种 申报职业 job occupationname trade").split()
    ),
    "occupation_code": tuple(
        ("职业编码 职业代码 职业(工种)编码 职业工种代码 工种代码 工种编码 职业分类代码 occupationcode jobcode").split()
    ),
    "post": tuple("岗位 岗位名称 工作岗位 职务 职位 岗位工种 岗位/工种 position jobtitle title role".split()),
    "level": tuple(
        (
            "技能等级 职业技能等级 技能级别 等级 级别 职业技能级别 职业资格等级 职业等级 证书等级 现有技能等级 技术等级 "
            "技能水平 skilllevel grade level"
        ).split()
    ),
    "certificate_number": tuple(
        (
            "证书编号 证书号 证书号码 职业技能等级证书编号 技能证书编号 技能等级证书编号 资格证书编号 证书编码 "
            "certificatenumber certificateno certno"
        ).split()
    ),
    "issued_on": tuple(
        (
            "发证日期 发证时间 证书日期 取证日期 取证时间 获证日期 证书发证日期 颁证日期 发证年月 issuedate issuedon dateofissue issued"
        ).split()
    ),
    "contract": tuple(
        (
            "用工形式 合同类型 用工方式 用工性质 用工类型 合同类别 劳动合同类型 劳动关系类型 员工类型 人员类别 contracttype "
            "contractkind employmenttype"
        ).split()
    ),
    "started_on": tuple(
        (
            "入职日期 入职时间 入厂日期 入厂时间 进厂日期 进厂时间 参加工作本单位时间 到岗日期 到岗时间 用工日期 用工起始日期 "
            "合同开始日期 合同起始日期 劳动合同起始日期 hiredate startdate dateofhire joined hiredon entrydate"
        ).split()
    ),
    "ended_on": tuple(
        (
            "离职日期 离职时间 离厂日期 离厂时间 离岗日期 解除合同日期 解除劳动合同日期 终止日期 leavedate leavingdate "
            "lastday dateofleaving enddate"
        ).split()
    ),
    "organisation": tuple(
        (
            "统一社会信用代码 单位编号 企业统一社会信用代码 单位统一社会信用代码 社会信用代码 信用代码 organisationcode creditcode uscc"
        ).split()
    ),
}
"""Per field, the likeliest name first; width, case, spaces, stars and brackets do not matter, and neither does what stands in brackets."""
NOT_KEPT = tuple(
    (
        "序号 编号 行号 no num number 工号 员工编号 员工号 职工编号 employeeid employeeno staffno 部门 所属部门 车间 班组 "
        "部门名称 department team 年龄 age 民族 ethnicity 籍贯 户籍 户籍地 户籍所在地 户籍地址 户口所在地 户口地址 "
        "户籍性质 户口性质 户籍类型 婚姻 婚姻状况 政治面貌 党员 邮箱 电子邮箱 email 微信 qq 银行卡号 银行账号 开户行 "
        "开户银行 工资卡号 工资 月工资 基本工资 应发工资 salary wage 紧急联系人 紧急联系人姓名 紧急联系电话 "
        "紧急联系人电话 毕业院校 毕业学校 所学专业 专业 毕业时间 职称 专业技术职称 单位名称 用人单位 企业名称 公司名称 "
        "用工单位 工作单位 派遣单位 company employer 合同期限 合同终止日期 合同到期日期 合同结束日期 工龄 司龄 本企业工龄 "
        "身高 体重 血型 健康状况 证件类型 证件类别 idtype 国籍 在职状态 状态 status 需要更正的内容 whattocorrect 原行号 "
        "rowinthefile 发证机构 发证单位 评价机构 签名 签字 本人签字 照片 photo signature "
        "备注 说明 备注说明 其他说明 note notes remark remarks comment comments"
    ).split()
)
"""Columns that are known and not for the registry; what a roster says of wages, banks, health or faith is not read at all."""
ROSTER = Vocabulary(NAMES, REQUIRED, FIELDS, NOT_KEPT)
